import sys

WIDTH = 60
ALPHABET = "\nABCDGHKMNRSTVWY"


def make_strand(length, first):
    letters = "ACGTACGTACGTRYKMSWBDHVN"
    seed = first
    parts = []
    for i in range(length):
        seed = (seed * 3877 + 29573) % 139968
        parts.append(letters[seed // 7 % len(letters)])
        if (i + 1) % WIDTH == 0 or i == length - 1:
            parts.append("\n")
    return "".join(parts)


def complements():
    return dict(zip("ACGTRYKMSWBDHVN", "TGCAYRMKSWVHDBN"))


def reverse_complement(text, table):
    parts = []
    column = 0
    for i in range(len(text) - 1, -1, -1):
        letter = text[i]
        if letter != "\n":
            parts.append(table[letter])
            column += 1
            if column == WIDTH:
                parts.append("\n")
                column = 0
    if column > 0:
        parts.append("\n")
    return "".join(parts)


def main(n):
    table = complements()
    length = 0
    checksum = 0
    for first in range(10):
        strand = reverse_complement(make_strand(n // 10, first), table)
        length += len(strand)
        for letter in strand:
            checksum = (checksum * 31 + ALPHABET.find(letter)) % 1000000007
    print(length, checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10000000)
