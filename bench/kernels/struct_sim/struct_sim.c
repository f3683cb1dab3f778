#include <stdio.h>
#include <stdlib.h>

typedef struct {
    double x, y, vx, vy, mass;
    long bounces;
} Particle;

static Particle *make(long count) {
    Particle *particles = malloc(count * sizeof *particles);
    long seed = 11;
    for (long i = 0; i < count; i++) {
        seed = seed * 16807 % 2147483647;
        double x = (double)(seed % 1000);
        seed = seed * 16807 % 2147483647;
        double y = (double)(seed % 1000);
        double mass = 1.0 + (double)(i % 5) * 0.25;
        particles[i] = (Particle){x, y, 500.0 - x, y - 500.0, mass, 0};
    }
    return particles;
}

static void pull(Particle *particles, long count, double dt) {
    for (long i = 0; i < count; i++) {
        Particle *p = &particles[i];
        Particle *q = &particles[i + 1 == count ? 0 : i + 1];
        double fx = (q->x - p->x) * 0.01, fy = (q->y - p->y) * 0.01;
        p->vx += fx / p->mass * dt;
        p->vy += (fy / p->mass - 9.81) * dt;
        q->vx -= fx / q->mass * dt;
        q->vy -= fy / q->mass * dt;
    }
}

static void drift(Particle *particles, long count, double dt) {
    for (Particle *p = particles; p < particles + count; p++) {
        p->x += p->vx * dt;
        p->y += p->vy * dt;
        if (p->x < 0.0 || p->x > 1000.0) {
            p->vx *= -0.9;
            p->bounces++;
            p->x = p->x < 0.0 ? 0.0 : 1000.0;
        }
        if (p->y < 0.0 || p->y > 1000.0) {
            p->vy *= -0.9;
            p->bounces++;
            p->y = p->y < 0.0 ? 0.0 : 1000.0;
        }
    }
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 6000;
    long count = 1000;
    Particle *particles = make(count);
    for (long step = 0; step < n; step++) {
        pull(particles, count, 0.01);
        drift(particles, count, 0.01);
    }
    long bounces = 0;
    double energy = 0.0;
    for (const Particle *p = particles; p < particles + count; p++) {
        bounces += p->bounces;
        energy = energy + 0.5 * p->mass * (p->vx * p->vx + p->vy * p->vy) + p->mass * 9.81 * p->y;
    }
    printf("%ld %ld\n", bounces, (long)(energy * 1000.0));
    return 0;
}
