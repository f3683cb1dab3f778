import sys


def steps(cr, ci):
    zr = 0.0
    zi = 0.0
    for k in range(50):
        r2 = zr * zr
        i2 = zi * zi
        if r2 + i2 > 4.0:
            return k
        zi = 2.0 * zr * zi + ci
        zr = r2 - i2 + cr
    return 50


def main(n):
    inside = 0
    checksum = 0
    for y in range(n):
        ci = 2.0 * y / n - 1.0
        for x in range(n):
            cr = 2.0 * x / n - 1.5
            k = steps(cr, ci)
            if k == 50:
                inside += 1
            checksum = (checksum * 31 + k) % 1000003
    print(inside, checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
