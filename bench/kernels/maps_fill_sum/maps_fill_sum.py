import sys


def int_keys(count):
    m = {}
    for i in range(count):
        m[i * 7919 % 2000003] = i
    for i in range(count):
        k = i * 31 % 2000003
        if k in m:
            m[k] += i
    total = 0
    for k in range(count):
        if k in m:
            total = (total + m[k] * (k % 7)) % 1000000007
    return (total + len(m)) % 1000000007


def string_keys(count):
    m = {}
    distinct_keys = count // 4
    for i in range(count):
        key = "k" + str(i * 17 % distinct_keys)
        if key in m:
            m[key] += i % 10
        else:
            m[key] = 1
    total = 0
    for i in range(distinct_keys):
        total = (total + m["k" + str(i)] * (i % 7)) % 1000000007
    return (total + len(m)) % 1000000007


n = int(sys.argv[1]) if len(sys.argv) > 1 else 1500000
print(int_keys(n), string_keys(n))
