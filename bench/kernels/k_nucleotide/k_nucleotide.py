import sys


def make_sequence(length):
    letters = "acgt"
    below = [0.302954942668, 0.5009432431601, 0.6984905497992, 1.0]
    seed = 42
    parts = []
    for _ in range(length):
        seed = (seed * 3877 + 29573) % 139968
        r = seed / 139968.0
        at = 0
        while r >= below[at]:
            at += 1
        parts.append(letters[at])
    return "".join(parts)


def count_parts(sequence, size):
    counts = {}
    for i in range(len(sequence) - size + 1):
        part = sequence[i:i + size]
        counts[part] = counts.get(part, 0) + 1
    return counts


def main(n):
    sequence = make_sequence(n)
    checksum = 0
    for size in [1, 2]:
        counts = count_parts(sequence, size)
        for part in sorted(counts):
            checksum = (checksum * 31 + counts[part]) % 1000000007
    different = 0
    for part in ["ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt"]:
        counts = count_parts(sequence, len(part))
        different += len(counts)
        checksum = (checksum * 31 + counts.get(part, 0)) % 1000000007
    print(different, checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2500000)
