import sys


def chain_length(start):
    k = start
    steps = 1
    while k != 1:
        if k % 2 == 0:
            k = k // 2
        else:
            k = 3 * k + 1
        steps += 1
    return steps


def main(n):
    best = 1
    longest = 1
    for start in range(1, n):
        steps = chain_length(start)
        if steps > longest:
            longest = steps
            best = start
    print(best, longest)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 400000)
