import sys


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(v):
    size = len(v)
    out = []
    for i in range(size):
        total = 0.0
        for j in range(size):
            total += element(i, j) * v[j]
        out.append(total)
    return out


def times_transposed(v):
    size = len(v)
    out = []
    for i in range(size):
        total = 0.0
        for j in range(size):
            total += element(j, i) * v[j]
        out.append(total)
    return out


def square_root(v):
    r = v
    for _ in range(40):
        r = 0.5 * (r + v / r)
    return r


def main(n):
    u = [1.0] * n
    v = []
    for _ in range(10):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    uv = 0.0
    vv = 0.0
    for i in range(n):
        uv += u[i] * v[i]
        vv += v[i] * v[i]
    print(int(square_root(uv / vv) * 1000000000.0))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 650)
