import sys

LETTER, ONE_OF, NONE_OF, SPLIT, EMPTY, DONE = range(6)


class Node:
    __slots__ = ("kind", "text", "next", "other")

    def __init__(self, kind, text, other):
        self.kind = kind
        self.text = text
        self.next = -1
        self.other = other


class Pattern:
    def __init__(self, text):
        self.text = text
        self.at = 0
        self.nodes = []

    def add(self, kind, letters="", other=-1):
        self.nodes.append(Node(kind, letters, other))
        return len(self.nodes) - 1

    def here(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def either(self):
        first, last = self.sequence()
        while self.here() == "|":
            self.at += 1
            second, second_last = self.sequence()
            fork = self.add(SPLIT, other=first)
            join = self.add(EMPTY)
            self.nodes[fork].next = second
            self.nodes[last].next = join
            self.nodes[second_last].next = join
            first, last = fork, join
        return first, last

    def sequence(self):
        first, last = self.repeated()
        while self.here() not in ("", "|", ")"):
            second, second_last = self.repeated()
            self.nodes[last].next = second
            last = second_last
        return first, last

    def repeated(self):
        first, last = self.single()
        if self.here() != "*":
            return first, last
        self.at += 1
        fork = self.add(SPLIT, other=first)
        self.nodes[last].next = fork
        return fork, fork

    def single(self):
        c = self.here()
        self.at += 1
        if c == "(":
            part = self.either()
            self.at += 1
            return part
        if c != "[":
            node = self.add(LETTER, c)
            return node, node
        kind = ONE_OF
        if self.here() == "^":
            kind = NONE_OF
            self.at += 1
        start = self.at
        while self.here() != "]":
            self.at += 1
        node = self.add(kind, self.text[start:self.at])
        self.at += 1
        return node, node


def compile_pattern(text):
    pattern = Pattern(text)
    first, last = pattern.either()
    end = pattern.add(DONE)
    pattern.nodes[last].next = end
    return pattern.nodes, first


def match_end(nodes, first, text, at):
    node = nodes[first]
    while node.kind != DONE:
        kind = node.kind
        if kind == SPLIT:
            end = match_end(nodes, node.other, text, at)
            if end >= 0:
                return end
        elif kind != EMPTY:
            if at == len(text):
                return -1
            c = text[at]
            if kind == LETTER:
                if c != node.text:
                    return -1
            elif (c in node.text) != (kind == ONE_OF):
                return -1
            at += 1
        node = nodes[node.next]
    return at


def count_matches(program, text):
    nodes, first = program
    count = 0
    at = 0
    while at < len(text):
        end = match_end(nodes, first, text, at)
        if end > at:
            count += 1
            at = end
        else:
            at += 1
    return count


def replace(program, text, by):
    nodes, first = program
    parts = []
    at = 0
    while at < len(text):
        end = match_end(nodes, first, text, at)
        if end > at:
            parts.append(by)
            at = end
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)


def make_text(length):
    letters = "acgtacgtacgtacgtBDHKMNRSVWY"
    seed = 42
    parts = [">ONE generated\n"]
    for i in range(length):
        seed = (seed * 3877 + 29573) % 139968
        parts.append(letters[seed // 5 % len(letters)])
        if (i + 1) % 60 == 0:
            parts.append("\n")
        if (i + 1) % 3000 == 0:
            parts.append(">NEXT\n")
    return "".join(parts)


def main(n):
    patterns = [
        "gtaac|gttac",
        "[cgt]gta|tac[acg]",
        "a[act]ga*t|at*tc[agt]t",
        "ag[act]g|c[agt]ct",
        "(ac|gt)(ac|gt)*[BDH]",
        "c(a|t)*g",
        "[^acgt][^acgt]",
        "gt*(ac|a*g)t",
    ]
    replacements = [
        ("tHa|aND|[aN]cW", "<4>"),
        ("a[NSt]|BY", "<2>"),
        ("[|]*<[^>]*>", "|"),
        ("[|][^|][^|]*[|]", "-"),
    ]
    raw = make_text(n)
    sequence = replace(compile_pattern(">[^\n]*\n|\n"), raw, "")
    clean = len(sequence)
    checksum = 0
    for pattern in patterns:
        checksum = (checksum * 31 + count_matches(compile_pattern(pattern), sequence)) % 1000000007
    for pattern, by in replacements:
        sequence = replace(compile_pattern(pattern), sequence, by)
        checksum = (checksum * 31 + len(sequence)) % 1000000007
    print(len(raw), clean, len(sequence), checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 700000)
