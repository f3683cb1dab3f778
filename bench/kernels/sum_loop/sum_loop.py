import sys


def sum_squares(limit):
    total = 0
    i = 0
    while i < limit:
        total = (total + i * i) % 1000003
        i += 1
    return total


print(sum_squares(int(sys.argv[1]) if len(sys.argv) > 1 else 40000000))
