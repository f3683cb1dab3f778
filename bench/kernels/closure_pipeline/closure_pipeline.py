import sys


def adder(k):
    return lambda x: x + k


def scaler(k):
    return lambda x: x * k % 10007


def compose(f, g):
    return lambda x: g(f(x))


def counter(step):
    total = 0

    def tick():
        nonlocal total
        total += step
        return total

    return tick


def apply(xs, f):
    out = []
    for x in xs:
        out.append(f(x))
    return out


def keep(xs, wanted):
    out = []
    for x in xs:
        if wanted(x):
            out.append(x)
    return out


def fold(xs, f, start):
    acc = start
    for x in xs:
        acc = f(acc, x)
    return acc


def run(rounds):
    xs = []
    for i in range(200):
        xs.append(i)
    tick = counter(3)
    checksum = 0
    for round in range(rounds):
        stages = [adder(round), scaler(7), compose(adder(1), scaler(round % 13 + 1))]
        ys = xs
        for stage in stages:
            ys = apply(ys, stage)
        limit = tick() % 5000
        ys = keep(ys, lambda y: y > limit)
        checksum = fold(ys, lambda acc, y: (acc * 31 + y + round) % 1000003, checksum)
    return checksum + tick()


print(run(int(sys.argv[1]) if len(sys.argv) > 1 else 24000))
