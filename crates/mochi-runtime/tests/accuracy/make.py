"""Makes points.txt: arguments of elementary functions and what is right for them, by mpmath (1.3) with 300 bits.

    python3 make.py > points.txt

A line has a function, the bits of its arguments, the bits of the double nearest to the result, and how far the result
is from that in units of its last place. Of random arguments those are kept whose result is closest to the middle between
two doubles, and as many others; the arguments that are written down are where cases of the algorithms meet.
"""

import math
import random
import struct
import sys

import mpmath

mpmath.mp.prec = 300


def to_bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def rounded(value):
    """The nearest double and the distance from it in units of the last place; nothing outside of the doubles."""
    if value == 0:
        return None
    mantissa, exponent = mpmath.frexp(abs(value))
    unit = max(exponent - 53, -1074)
    scaled = mpmath.ldexp(abs(value), -unit)
    whole = int(mpmath.nint(scaled))
    if whole == 0 or whole.bit_length() + unit > 1024:
        return None
    sign = -1 if value < 0 else 1
    return math.ldexp(sign * whole, unit), float(sign * (scaled - whole))


def log_uniform(low, high):
    return lambda: 2.0 ** random.uniform(low, high)


def signed(draw):
    return lambda: draw() * random.choice((-1, 1))


def uniform(low, high):
    return lambda: random.uniform(low, high)


def any_positive():
    return from_bits(random.randrange(1, 0x7FF0000000000000))


def either(*draws):
    return lambda: random.choice(draws)()


def near(*points):
    return lambda: random.choice(points) * (1 + random.uniform(-1, 1) * 2.0 ** -random.randrange(1, 40))


def of_power():
    """A base and an exponent whose power is a double."""
    x = either(any_positive, uniform(0, 10), near(1))()
    log2 = mpmath.log(x, 2)
    y = float(random.uniform(-1076, 1025) / log2) if log2 else 3.0
    if random.randrange(4) == 0:
        y = float(round(y)) or 2.0
    return x, y


log_draw = either(any_positive, near(1), uniform(0.5, 2), uniform(0, 1000))
angle = signed(either(log_uniform(-30, 20), log_uniform(20, 1023), uniform(0, 10), near(mpmath.pi / 4, mpmath.pi / 2, 355, 11)))
unit = signed(either(uniform(0, 1), log_uniform(-30, 0), near(0.5)))
size = signed(either(log_uniform(-30, 9), uniform(0, 5)))


def pair():
    return signed(any_positive)(), signed(any_positive)()


def close_pair():
    x = signed(log_uniform(-20, 20))()
    return x, x * random.uniform(-3, 3)


# Name, function, arguments, how many of each kind, arguments that are always there.
FUNCTIONS = [
    ("exp", mpmath.exp, either(uniform(-745.2, 709.8), uniform(-2, 2), signed(log_uniform(-54, 9))), 150,
     [1.0, -1.0, 0.5, 709.782712893384, -708.3964185322641, -745.1332191019411, 2.0**-54, -(2.0**-53), 512.0, -512.0]),
    ("exp2", lambda x: mpmath.mpf(2) ** x, either(uniform(-1075, 1024), uniform(-2, 2), signed(log_uniform(-54, 10))), 150,
     [0.5, 1.5, -1074.0, -1074.5, -1022.0, -1022.5, 1023.5, 928.5, -928.5, 1 / 256, -1 / 256]),
    ("log", mpmath.log, log_draw, 150,
     [2.0, 10.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1 + 2.0**-52, 1 - 2.0**-53, 0.7, 1.41]),
    ("log2", lambda x: mpmath.log(x) / mpmath.log(2), log_draw, 150,
     [3.0, 10.0, 5e-324, 1 + 2.0**-52, 1 - 2.0**-53, 8.0, 2.0**-1074, 2.0**1023]),
    ("log10", mpmath.log10, log_draw, 60, [10.0**n for n in range(1, 23)] + [1 + 2.0**-52, 1 - 2.0**-53, 5e-324]),
    ("pow", mpmath.power, of_power, 200,
     [(2.0, 0.5), (10.0, 22.0), (10.0, -1.0), (1.1, 10.0), (3.0, 3.0), (5.0, -5.0), (2.0, -1074.0), (2.0, -1022.0), (2.0, 1023.0),
      (1 + 2.0**-52, 2.0**60), (1 - 2.0**-53, 2.0**60), (0.5, 1074.5), (1.0000001, 1e9), (5e-324, 0.5), (5e-324, 0.001)]),
    ("sin", mpmath.sin, angle, 30, [1.0, 1e22, 355.0, 1.7976931348623157e308]),
    ("cos", mpmath.cos, angle, 30, [1.0, 1e22, 355.0, 1.7976931348623157e308]),
    ("tan", mpmath.tan, angle, 30, [1.0, 1e22, 355.0, 1.7976931348623157e308]),
    ("asin", mpmath.asin, unit, 30, [1.0, 0.5, -0.99999]),
    ("acos", mpmath.acos, unit, 30, [0.0, 0.5, -0.99999]),
    ("atan", mpmath.atan, either(signed(log_uniform(-30, 60)), uniform(-3, 3)), 30, [1.0, 1e300]),
    ("atan2", mpmath.atan2, either(close_pair, pair), 30, [(1.0, 1.0), (1.0, -1.0)]),
    ("sinh", mpmath.sinh, either(size, uniform(-710.4, 710.4)), 30, [1.0, 710.0, -710.47]),
    ("cosh", mpmath.cosh, either(size, uniform(-710.4, 710.4)), 30, [1.0, 710.0, -710.47]),
    ("tanh", mpmath.tanh, size, 30, [1.0, 20.0]),
    ("asinh", mpmath.asinh, signed(either(log_uniform(-30, 30), uniform(0, 5), any_positive)), 30, [1.0, 1e300]),
    ("acosh", mpmath.acosh, either(uniform(1, 5), log_uniform(0, 1023)), 30, [1.5, 1e300]),
    ("atanh", mpmath.atanh, unit, 30, [0.5, 0.999999]),
    ("expm1", mpmath.expm1, either(size, uniform(-50, 709.7)), 30, [1.0, -1.0]),
    ("log1p", mpmath.log1p, either(uniform(-1, 5), log_uniform(-50, 100)), 30, [1.0, -0.5]),
    ("cbrt", lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), signed(any_positive), 30, [27.0, -2.0, 5e-324]),
    ("hypot", lambda x, y: mpmath.sqrt(x * x + y * y), either(close_pair, pair), 30, [(3.0, 4.0), (5e-324, 5e-324)]),
    ("erf", mpmath.erf, signed(either(uniform(0, 6), log_uniform(-30, 2))), 30, [0.84375, 1.25, 1 / 0.35, 3.0]),
    ("erfc", mpmath.erfc, either(uniform(-6, 27), log_uniform(-30, 4)), 30, [0.84375, 1.25, 1 / 0.35, 26.0]),
    ("gamma", mpmath.gamma, either(uniform(-20, 20), uniform(0, 171), log_uniform(-50, 1)), 30, [0.5, -0.5, 171.5]),
    ("lgamma", lambda x: mpmath.log(abs(mpmath.gamma(x))), either(uniform(0, 20), log_uniform(-50, 60)), 30,
     [0.5, 3.0, 1.4616321449683622, 1e305]),
]


def main():
    random.seed(1)
    only = sys.argv[2:]
    factor = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for name, function, draw, count, fixed in FUNCTIONS:
        if only and name not in only:
            continue

        def point(args):
            args = tuple(map(float, args if isinstance(args, tuple) else (args,)))
            result = rounded(function(*map(mpmath.mpf, args)))
            return args, result

        drawn = [p for p in (point(draw()) for _ in range(20 * count * factor)) if p[1]]
        others = drawn[: count * factor // 2]
        hard = sorted(drawn, key=lambda p: -abs(p[1][1]))[: count * factor // 2]
        for args, result in [point(args) for args in fixed] + others + hard:
            if result:
                bits = " ".join(f"{to_bits(x):016x}" for x in args + result[:1])
                print(f"{name} {bits} {result[1]:+.4f}")


main()
