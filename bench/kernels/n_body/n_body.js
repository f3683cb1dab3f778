"use strict";

class Body {
  constructor(x, y, z, vx, vy, vz, mass) {
    const days = 365.24;
    const solar = 39.47841760435743;
    this.x = x;
    this.y = y;
    this.z = z;
    this.vx = vx * days;
    this.vy = vy * days;
    this.vz = vz * days;
    this.mass = mass * solar;
  }
}

function system() {
  return [
    new Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    new Body(4.841431442464721, -1.1603200440274284, -0.10362204447112311,
      0.001660076642744037, 0.007699011184197404, -0.0000690460016972063, 0.0009547919384243266),
    new Body(8.34336671824458, 4.124798564124305, -0.4035234171143214,
      -0.002767425107268624, 0.004998528012349172, 0.00002304172975737639, 0.0002858859806661308),
    new Body(12.894369562139131, -15.111151401698631, -0.22330757889265573,
      0.002964601375647616, 0.0023784717395948095, -0.000029658956854023756, 0.00004366244043351563),
    new Body(15.379697114850917, -25.919314609987964, 0.17925877295037118,
      0.0026806777249038932, 0.001628241700382423, -0.00009515922545197159, 0.00005151389020466115),
  ];
}

function squareRoot(v, guess) {
  let r = guess;
  r = 0.5 * (r + v / r);
  r = 0.5 * (r + v / r);
  r = 0.5 * (r + v / r);
  return r;
}

function offsetMomentum(bodies) {
  let px = 0.0;
  let py = 0.0;
  let pz = 0.0;
  for (const b of bodies) {
    px += b.vx * b.mass;
    py += b.vy * b.mass;
    pz += b.vz * b.mass;
  }
  const sun = bodies[0];
  sun.vx = 0.0 - px / sun.mass;
  sun.vy = 0.0 - py / sun.mass;
  sun.vz = 0.0 - pz / sun.mass;
}

function firstDistances(bodies) {
  const distances = [];
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      const d2 = dx * dx + dy * dy + dz * dz;
      let d = d2;
      for (let k = 0; k < 10; k++) d = squareRoot(d2, d);
      distances.push(d);
    }
  }
  return distances;
}

function energy(bodies, distances) {
  let e = 0.0;
  let pair = 0;
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    e += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      e -= a.mass * b.mass / squareRoot(dx * dx + dy * dy + dz * dz, distances[pair]);
      pair++;
    }
  }
  return e;
}

function advance(bodies, distances, dt) {
  let pair = 0;
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      const d2 = dx * dx + dy * dy + dz * dz;
      const d = squareRoot(d2, distances[pair]);
      distances[pair] = d;
      pair++;
      const mag = dt / (d2 * d);
      const ma = a.mass * mag;
      const mb = b.mass * mag;
      a.vx -= dx * mb;
      a.vy -= dy * mb;
      a.vz -= dz * mb;
      b.vx += dx * ma;
      b.vy += dy * ma;
      b.vz += dz * ma;
    }
  }
  for (const b of bodies) {
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
  }
}

const n = Number(process.argv[2] ?? 400000);
const bodies = system();
offsetMomentum(bodies);
const distances = firstDistances(bodies);
console.log(Math.trunc(energy(bodies, distances) * 1000000000.0));
for (let step = 0; step < n; step++) advance(bodies, distances, 0.01);
console.log(Math.trunc(energy(bodies, distances) * 1000000000.0));
