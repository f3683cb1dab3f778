import sys


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 6000
    low, range_, den = 3, 1, 1
    k = produced = hash_ = 0
    while produced < n:
        k += 1
        low = low * (2 * k + 1) + range_ * (k - 1)
        den *= 2 * k + 1
        range_ *= k
        if range_ < den:
            digit = low // den
            if (low + range_) // den == digit:
                hash_ = (hash_ * 31 + digit) % 1000000007
                produced += 1
                low = (low - digit * den) * 10
                range_ *= 10
    print(k, hash_)


main()
