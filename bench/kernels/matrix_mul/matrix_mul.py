import sys


def matrix(size, shift):
    scale = 1.0 / size / size
    rows = []
    for i in range(size):
        row = []
        for j in range(size):
            row.append(scale * (i - j) * (i + j + shift))
        rows.append(row)
    return rows


def multiply(a, b, size):
    product = []
    for i in range(size):
        row = a[i]
        out = []
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += row[k] * b[k][j]
            out.append(total)
        product.append(out)
    return product


def main(n):
    c = multiply(matrix(n, 0), matrix(n, 1), n)
    trace = 0.0
    for i in range(n):
        trace += c[i][i]
    half = n // 2
    print(int(c[half][half] * 1000000000.0), int(trace * 1000000000.0))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 380)
