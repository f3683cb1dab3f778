#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 5, PAIRS = COUNT * (COUNT - 1) / 2 };

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

static Body body(double x, double y, double z, double vx, double vy, double vz, double mass) {
    double days = 365.24;
    double solar = 39.47841760435743;
    return (Body){x, y, z, vx * days, vy * days, vz * days, mass * solar};
}

static void fill_system(Body *bodies) {
    bodies[0] = body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0);
    bodies[1] = body(4.841431442464721, -1.1603200440274284, -0.10362204447112311, 0.001660076642744037,
                     0.007699011184197404, -0.0000690460016972063, 0.0009547919384243266);
    bodies[2] = body(8.34336671824458, 4.124798564124305, -0.4035234171143214, -0.002767425107268624,
                     0.004998528012349172, 0.00002304172975737639, 0.0002858859806661308);
    bodies[3] = body(12.894369562139131, -15.111151401698631, -0.22330757889265573, 0.002964601375647616,
                     0.0023784717395948095, -0.000029658956854023756, 0.00004366244043351563);
    bodies[4] = body(15.379697114850917, -25.919314609987964, 0.17925877295037118, 0.0026806777249038932,
                     0.001628241700382423, -0.00009515922545197159, 0.00005151389020466115);
}

static double square_root(double v, double guess) {
    double r = guess;
    r = 0.5 * (r + v / r);
    r = 0.5 * (r + v / r);
    r = 0.5 * (r + v / r);
    return r;
}

static void offset_momentum(Body *bodies) {
    double px = 0.0, py = 0.0, pz = 0.0;
    for (int i = 0; i < COUNT; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    Body *sun = &bodies[0];
    sun->vx = 0.0 - px / sun->mass;
    sun->vy = 0.0 - py / sun->mass;
    sun->vz = 0.0 - pz / sun->mass;
}

static void first_distances(const Body *bodies, double *distances) {
    int pair = 0;
    for (int i = 0; i < COUNT; i++) {
        const Body *a = &bodies[i];
        for (int j = i + 1; j < COUNT; j++) {
            const Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double d = d2;
            for (int k = 0; k < 10; k++) d = square_root(d2, d);
            distances[pair++] = d;
        }
    }
}

static double energy(const Body *bodies, const double *distances) {
    double e = 0.0;
    int pair = 0;
    for (int i = 0; i < COUNT; i++) {
        const Body *a = &bodies[i];
        e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < COUNT; j++) {
            const Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            e -= a->mass * b->mass / square_root(dx * dx + dy * dy + dz * dz, distances[pair++]);
        }
    }
    return e;
}

static void advance(Body *bodies, double *distances, double dt) {
    int pair = 0;
    for (int i = 0; i < COUNT; i++) {
        Body *a = &bodies[i];
        for (int j = i + 1; j < COUNT; j++) {
            Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double d = square_root(d2, distances[pair]);
            distances[pair++] = d;
            double mag = dt / (d2 * d);
            double ma = a->mass * mag, mb = b->mass * mag;
            a->vx -= dx * mb;
            a->vy -= dy * mb;
            a->vz -= dz * mb;
            b->vx += dx * ma;
            b->vy += dy * ma;
            b->vz += dz * ma;
        }
    }
    for (int i = 0; i < COUNT; i++) {
        Body *b = &bodies[i];
        b->x += dt * b->vx;
        b->y += dt * b->vy;
        b->z += dt * b->vz;
    }
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 400000;
    Body bodies[COUNT];
    double distances[PAIRS];
    fill_system(bodies);
    offset_momentum(bodies);
    first_distances(bodies, distances);
    printf("%ld\n", (long)(energy(bodies, distances) * 1000000000.0));
    for (long step = 0; step < n; step++) advance(bodies, distances, 0.01);
    printf("%ld\n", (long)(energy(bodies, distances) * 1000000000.0));
    return 0;
}
