import sys


class Number:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


class Param:
    __slots__ = ("index",)

    def __init__(self, index):
        self.index = index


class Pair:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Add(Pair):
    __slots__ = ()


class Sub(Pair):
    __slots__ = ()


class Mul(Pair):
    __slots__ = ()


class Choose:
    __slots__ = ("test", "yes", "no")

    def __init__(self, test, yes, no):
        self.test = test
        self.yes = yes
        self.no = no


def draw(seed):
    seed[0] = seed[0] * 16807 % 2147483647
    return seed[0] // 1024


def grow(depth, seed):
    kind = draw(seed) % 8
    if depth == 0 or kind == 7:
        leaf = draw(seed)
        if leaf % 2 == 0:
            return Number(leaf % 1000)
        return Param(leaf % 4)
    a = grow(depth - 1, seed)
    b = grow(depth - 1, seed)
    if kind < 3:
        return Add(a, b)
    if kind < 4:
        return Sub(a, b)
    if kind < 6:
        return Mul(a, b)
    return Choose(a, b, grow(depth - 1, seed))


def value(e, params):
    kind = type(e)
    if kind is Number:
        return e.value
    if kind is Param:
        return params[e.index]
    if kind is Add:
        return (value(e.left, params) + value(e.right, params)) % 1000003
    if kind is Sub:
        return (value(e.left, params) - value(e.right, params) + 1000003) % 1000003
    if kind is Mul:
        return value(e.left, params) * value(e.right, params) % 1000003
    if value(e.test, params) % 2 == 0:
        return value(e.yes, params)
    return value(e.no, params)


def size(e):
    kind = type(e)
    if kind is Number or kind is Param:
        return 1
    if kind is Choose:
        return 1 + size(e.test) + size(e.yes) + size(e.no)
    return 1 + size(e.left) + size(e.right)


def main(n):
    tree = grow(15, [12345])
    checksum = 0
    for k in range(n):
        params = [k, k * 7 + 1, k * k % 1000, 1000 - k]
        checksum = (checksum * 31 + value(tree, params)) % 1000003
    print(size(tree), checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 900)
