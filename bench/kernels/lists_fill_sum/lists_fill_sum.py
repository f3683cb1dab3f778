import sys


def fill(count, factor):
    xs = []
    for i in range(count):
        xs.append(i * factor % 1009)
    return xs


def sum_by_element(xs):
    total = 0
    for x in xs:
        total += x
    return total


def sum_by_index(xs):
    total = 0
    for i in range(len(xs)):
        total += xs[i] * (i % 8)
    return total


def halves(xs):
    out = []
    for x in xs:
        out.append(x * 0.5)
    return out


def sum_floats(xs):
    total = 0.0
    for x in xs:
        total += x
    return total


def main(n):
    total = 0
    for factor in range(3, 8):
        xs = fill(n, factor)
        floats = halves(xs)
        total += sum_by_element(xs) + sum_by_index(xs) + int(sum_floats(floats) * 2.0)
    print(total)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000000)
