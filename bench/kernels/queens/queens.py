import sys


class Board:
    __slots__ = ("columns", "rising", "falling")

    def __init__(self, size):
        self.columns = [True] * size
        self.rising = [True] * (2 * size)
        self.falling = [True] * (2 * size)


def place(board, row, size):
    if row == size:
        return 1
    columns = board.columns
    rising = board.rising
    falling = board.falling
    ways = 0
    for column in range(size):
        up = row + column
        down = row - column + size - 1
        if columns[column] and rising[up] and falling[down]:
            columns[column] = rising[up] = falling[down] = False
            ways += place(board, row + 1, size)
            columns[column] = rising[up] = falling[down] = True
    return ways


n = int(sys.argv[1]) if len(sys.argv) > 1 else 13
print(place(Board(n), 0, n))
