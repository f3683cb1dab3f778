import sys


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, x, y, z, vx, vy, vz, mass):
        days = 365.24
        solar = 39.47841760435743
        self.x = x
        self.y = y
        self.z = z
        self.vx = vx * days
        self.vy = vy * days
        self.vz = vz * days
        self.mass = mass * solar


def system():
    return [
        Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        Body(4.841431442464721, -1.1603200440274284, -0.10362204447112311,
             0.001660076642744037, 0.007699011184197404, -0.0000690460016972063, 0.0009547919384243266),
        Body(8.34336671824458, 4.124798564124305, -0.4035234171143214,
             -0.002767425107268624, 0.004998528012349172, 0.00002304172975737639, 0.0002858859806661308),
        Body(12.894369562139131, -15.111151401698631, -0.22330757889265573,
             0.002964601375647616, 0.0023784717395948095, -0.000029658956854023756, 0.00004366244043351563),
        Body(15.379697114850917, -25.919314609987964, 0.17925877295037118,
             0.0026806777249038932, 0.001628241700382423, -0.00009515922545197159, 0.00005151389020466115),
    ]


def square_root(v, guess):
    r = guess
    r = 0.5 * (r + v / r)
    r = 0.5 * (r + v / r)
    r = 0.5 * (r + v / r)
    return r


def offset_momentum(bodies):
    px = py = pz = 0.0
    for b in bodies:
        px += b.vx * b.mass
        py += b.vy * b.mass
        pz += b.vz * b.mass
    sun = bodies[0]
    sun.vx = 0.0 - px / sun.mass
    sun.vy = 0.0 - py / sun.mass
    sun.vz = 0.0 - pz / sun.mass


def first_distances(bodies):
    distances = []
    count = len(bodies)
    for i in range(count):
        a = bodies[i]
        for j in range(i + 1, count):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            d2 = dx * dx + dy * dy + dz * dz
            d = d2
            for _ in range(10):
                d = square_root(d2, d)
            distances.append(d)
    return distances


def energy(bodies, distances):
    e = 0.0
    pair = 0
    count = len(bodies)
    for i in range(count):
        a = bodies[i]
        e += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for j in range(i + 1, count):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            e -= a.mass * b.mass / square_root(dx * dx + dy * dy + dz * dz, distances[pair])
            pair += 1
    return e


def advance(bodies, distances, dt):
    pair = 0
    count = len(bodies)
    for i in range(count):
        a = bodies[i]
        for j in range(i + 1, count):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            d2 = dx * dx + dy * dy + dz * dz
            d = square_root(d2, distances[pair])
            distances[pair] = d
            pair += 1
            mag = dt / (d2 * d)
            ma = a.mass * mag
            mb = b.mass * mag
            a.vx -= dx * mb
            a.vy -= dy * mb
            a.vz -= dz * mb
            b.vx += dx * ma
            b.vy += dy * ma
            b.vz += dz * ma
    for b in bodies:
        b.x += dt * b.vx
        b.y += dt * b.vy
        b.z += dt * b.vz


def main(n):
    bodies = system()
    offset_momentum(bodies)
    distances = first_distances(bodies)
    print(int(energy(bodies, distances) * 1000000000.0))
    for _ in range(n):
        advance(bodies, distances, 0.01)
    print(int(energy(bodies, distances) * 1000000000.0))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 400000)
