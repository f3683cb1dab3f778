import sys


def nsieve(size):
    flags = [True] * size
    count = 0
    for i in range(2, size):
        if flags[i]:
            for k in range(i + i, size, i):
                flags[k] = False
            count += 1
    return count


def main(n):
    size = 10000
    for _ in range(n):
        size *= 2
    for _ in range(3):
        print("primes below", size, nsieve(size))
        size //= 2


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
