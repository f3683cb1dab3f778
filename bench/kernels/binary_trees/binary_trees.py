import sys


class Tree:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def make(depth):
    if depth == 0:
        return Tree(None, None)
    return Tree(make(depth - 1), make(depth - 1))


def check(tree):
    if tree is not None:
        return 1 + check(tree.left) + check(tree.right)
    return 0


def main(n):
    min_depth = 4
    max_depth = max(min_depth + 2, n)
    print("stretch tree of depth", max_depth + 1, "check:", check(make(max_depth + 1)))
    long_lived = make(max_depth)
    iterations = 2 ** max_depth
    for depth in range(min_depth, max_depth + 1, 2):
        total = 0
        for _ in range(iterations):
            total += check(make(depth))
        print(iterations, "trees of depth", depth, "check:", total)
        iterations //= 4
    print("long lived tree of depth", max_depth, "check:", check(long_lived))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
