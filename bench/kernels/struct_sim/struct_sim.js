"use strict";

class Particle {
  constructor(x, y, vx, vy, mass) {
    this.x = x;
    this.y = y;
    this.vx = vx;
    this.vy = vy;
    this.mass = mass;
    this.bounces = 0;
  }
}

function make(count) {
  const particles = [];
  let seed = 11;
  for (let i = 0; i < count; i++) {
    seed = (seed * 16807) % 2147483647;
    const x = seed % 1000;
    seed = (seed * 16807) % 2147483647;
    const y = seed % 1000;
    const mass = 1.0 + (i % 5) * 0.25;
    particles.push(new Particle(x, y, 500.0 - x, y - 500.0, mass));
  }
  return particles;
}

function pull(particles, dt) {
  const count = particles.length;
  for (let i = 0; i < count; i++) {
    const p = particles[i];
    const q = particles[i + 1 === count ? 0 : i + 1];
    const fx = (q.x - p.x) * 0.01;
    const fy = (q.y - p.y) * 0.01;
    p.vx += (fx / p.mass) * dt;
    p.vy += (fy / p.mass - 9.81) * dt;
    q.vx -= (fx / q.mass) * dt;
    q.vy -= (fy / q.mass) * dt;
  }
}

function drift(particles, dt) {
  for (const p of particles) {
    p.x += p.vx * dt;
    p.y += p.vy * dt;
    if (p.x < 0.0 || p.x > 1000.0) {
      p.vx *= -0.9;
      p.bounces++;
      p.x = p.x < 0.0 ? 0.0 : 1000.0;
    }
    if (p.y < 0.0 || p.y > 1000.0) {
      p.vy *= -0.9;
      p.bounces++;
      p.y = p.y < 0.0 ? 0.0 : 1000.0;
    }
  }
}

const n = Number(process.argv[2] ?? 6000);
const particles = make(1000);
for (let step = 0; step < n; step++) {
  pull(particles, 0.01);
  drift(particles, 0.01);
}
let bounces = 0;
let energy = 0.0;
for (const p of particles) {
  bounces += p.bounces;
  energy = energy + 0.5 * p.mass * (p.vx * p.vx + p.vy * p.vy) + p.mass * 9.81 * p.y;
}
console.log(bounces, Math.trunc(energy * 1000.0));
