import sys


def generate_text(words):
    syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti"]
    separators = [" ", " ", "\n", ", ", " ", ". "]
    seed = 42
    text = ""
    for _ in range(words):
        seed = seed * 16807 % 2147483647
        rest = seed % 4096
        text += syllables[rest % 8]
        rest //= 8
        while rest > 7:
            text += syllables[rest % 8]
            rest //= 8
        text += separators[seed // 4096 % 6]
    return text


def count_words(text):
    counts = {}
    start = 0
    for i in range(len(text)):
        c = text[i]
        if c < "a" or c > "z":
            if i > start:
                word = text[start:i]
                if word in counts:
                    counts[word] += 1
                else:
                    counts[word] = 1
            start = i + 1
    return counts


def main(n):
    counts = count_words(generate_text(n))
    top = ""
    most = 0
    checksum = 0
    rank = 0
    for word in sorted(counts):
        times = counts[word]
        if times > most:
            most = times
            top = word
        rank += 1
        checksum = (checksum + times * rank) % 1000000007
    print(len(counts), top, most, checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000000)
