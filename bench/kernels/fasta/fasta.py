import sys

WIDTH = 60
seed = 42


def random():
    global seed
    seed = (seed * 3877 + 29573) % 139968
    return seed / 139968.0


def repeated(source, length):
    twice = source + source
    parts = [">ONE repeated\n"]
    at = 0
    left = length
    while left > 0:
        size = min(left, WIDTH)
        parts.append(twice[at:at + size] + "\n")
        at = (at + size) % len(source)
        left -= size
    return "".join(parts)


def limits(probabilities):
    sums = []
    total = 0.0
    for probability in probabilities:
        total += probability
        sums.append(total)
    return sums


def drawn(title, letters, probabilities, length):
    below = limits(probabilities)
    last = len(letters) - 1
    parts = [title, "\n"]
    for i in range(length):
        r = random()
        at = 0
        while at < last and r >= below[at]:
            at += 1
        parts.append(letters[at])
        if (i + 1) % WIDTH == 0 or i == length - 1:
            parts.append("\n")
    return "".join(parts)


def checksum(text):
    alphabet = "\n >ABCDEGHKMNORSTVWYabcdegmnoprst"
    total = 0
    for letter in text:
        total = (total * 31 + alphabet.find(letter)) % 1000000007
    return total


def main(n):
    codes = "acgtBDHKMNRSVWY"
    of_codes = [0.27, 0.12, 0.12, 0.27, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02]
    of_bases = [0.302954942668, 0.1979883004921, 0.1975473066391, 0.3015094502008]
    source = "TTGACCATGCAGGCTAACTTCCGGATTTACGCAGTCAAGGCGTTAACCTGATCGGATACTTGCAACGTCTAGGAC"
    one = repeated(source, n * 2)
    two = drawn(">TWO random codes", codes, of_codes, n * 3)
    three = drawn(">THREE random bases", "acgt", of_bases, n * 5)
    print(len(one), len(two), len(three), checksum(one + two + three))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000000)
