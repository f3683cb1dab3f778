import sys


def letters(count, start):
    alphabet = "acgt"
    seed = start
    text = ""
    for _ in range(count):
        seed = seed * 16807 % 2147483647
        text += alphabet[seed // 65536 % 4]
    return text


def lcs_table(a, b):
    columns = len(b)
    table = [[0] * (columns + 1)]
    for i in range(len(a)):
        above = table[i]
        c = a[i]
        row = [0]
        for j in range(columns):
            if c == b[j]:
                row.append(above[j] + 1)
            elif above[j + 1] >= row[j]:
                row.append(above[j + 1])
            else:
                row.append(row[j])
        table.append(row)
    return table


def walk_back(table, a, b):
    i = len(a)
    j = len(b)
    checksum = 0
    while i > 0 and j > 0:
        if a[i - 1] == b[j - 1]:
            checksum = (checksum * 31 + i + j) % 1000003
            i -= 1
            j -= 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return checksum


def main(n):
    for round in range(1, 4):
        a = letters(n, round)
        b = letters(n, round * 1000)
        table = lcs_table(a, b)
        print(table[n][n], walk_back(table, a, b))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2500)
