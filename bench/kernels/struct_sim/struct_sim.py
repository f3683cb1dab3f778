import sys


class Particle:
    __slots__ = ("x", "y", "vx", "vy", "mass", "bounces")

    def __init__(self, x, y, vx, vy, mass):
        self.x = x
        self.y = y
        self.vx = vx
        self.vy = vy
        self.mass = mass
        self.bounces = 0


def make(count):
    particles = []
    seed = 11
    for i in range(count):
        seed = seed * 16807 % 2147483647
        x = float(seed % 1000)
        seed = seed * 16807 % 2147483647
        y = float(seed % 1000)
        mass = 1.0 + (i % 5) * 0.25
        particles.append(Particle(x, y, 500.0 - x, y - 500.0, mass))
    return particles


def pull(particles, dt):
    count = len(particles)
    for i in range(count):
        p = particles[i]
        q = particles[0 if i + 1 == count else i + 1]
        fx = (q.x - p.x) * 0.01
        fy = (q.y - p.y) * 0.01
        p.vx += fx / p.mass * dt
        p.vy += (fy / p.mass - 9.81) * dt
        q.vx -= fx / q.mass * dt
        q.vy -= fy / q.mass * dt


def drift(particles, dt):
    for p in particles:
        p.x += p.vx * dt
        p.y += p.vy * dt
        if p.x < 0.0 or p.x > 1000.0:
            p.vx *= -0.9
            p.bounces += 1
            p.x = 0.0 if p.x < 0.0 else 1000.0
        if p.y < 0.0 or p.y > 1000.0:
            p.vy *= -0.9
            p.bounces += 1
            p.y = 0.0 if p.y < 0.0 else 1000.0


def main(n):
    particles = make(1000)
    for _ in range(n):
        pull(particles, 0.01)
        drift(particles, 0.01)
    bounces = 0
    energy = 0.0
    for p in particles:
        bounces += p.bounces
        energy = energy + 0.5 * p.mass * (p.vx * p.vx + p.vy * p.vy) + p.mass * 9.81 * p.y
    print(bounces, int(energy * 1000.0))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 6000)
