import sys


def build(count):
    pieces = ["ab", "c;", "d", "ef ", "g,", "hij", "k"]
    text = ""
    for i in range(count):
        text += pieces[i % 7]
    return text


def scan(text):
    vowels = 0
    marks = 0
    spread = 0
    for i in range(len(text)):
        c = text[i]
        if c == "a" or c == "e" or c == "i":
            vowels += 1
            spread = (spread + i) % 1000003
        elif c == ";" or c == "," or c == " ":
            marks += 1
    return vowels * 3 + marks + spread


text = build(int(sys.argv[1]) if len(sys.argv) > 1 else 9000000)
print(len(text), scan(text))
