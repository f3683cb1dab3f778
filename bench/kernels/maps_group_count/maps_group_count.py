import sys


def main(n):
    by_name = {}
    by_number = {}
    groups = {}
    seed = 42
    for i in range(n):
        seed = seed * 16807 % 2147483647
        name = f"item{seed % 5000}"
        by_name[name] = by_name.get(name, 0) + 1
        number = seed % 100003
        by_number[number] = by_number.get(number, 0) + seed % 10
        group = seed % 1000
        if group in groups:
            groups[group].append(i)
        else:
            groups[group] = [i]
    checksum = 0
    for name in sorted(by_name):
        checksum = (checksum * 31 + by_name[name] + len(name)) % 1000000007
    for number in sorted(by_number):
        checksum = (checksum * 31 + by_number[number] + number) % 1000000007
    for group in sorted(groups):
        items = groups[group]
        checksum = (checksum * 31 + len(items) + items[0] + items[-1]) % 1000000007
    print(len(by_name), len(by_number), len(groups), checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000000)
