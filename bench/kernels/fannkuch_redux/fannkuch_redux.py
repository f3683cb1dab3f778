import sys


def fannkuch(size):
    perm = [0] * size
    start = list(range(size))
    count = [0] * size
    max_flips = 0
    checksum = 0
    sign = 1
    r = size
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        for i in range(size):
            perm[i] = start[i]
        flips = 0
        k = perm[0]
        while k != 0:
            low = 0
            high = k
            while low < high:
                perm[low], perm[high] = perm[high], perm[low]
                low += 1
                high -= 1
            flips += 1
            k = perm[0]
        if flips > max_flips:
            max_flips = flips
        checksum += sign * flips
        sign = -sign
        while True:
            if r == size:
                print(checksum, max_flips)
                return
            head = start[0]
            for i in range(r):
                start[i] = start[i + 1]
            start[r] = head
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


fannkuch(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
