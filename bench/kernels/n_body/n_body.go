package main

import (
	"fmt"
	"os"
	"strconv"
)

type Body struct {
	x, y, z, vx, vy, vz, mass float64
}

func body(x, y, z, vx, vy, vz, mass float64) *Body {
	days := 365.24
	solar := 39.47841760435743
	return &Body{x, y, z, vx * days, vy * days, vz * days, mass * solar}
}

func system() []*Body {
	return []*Body{
		body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
		body(4.841431442464721, -1.1603200440274284, -0.10362204447112311,
			0.001660076642744037, 0.007699011184197404, -0.0000690460016972063, 0.0009547919384243266),
		body(8.34336671824458, 4.124798564124305, -0.4035234171143214,
			-0.002767425107268624, 0.004998528012349172, 0.00002304172975737639, 0.0002858859806661308),
		body(12.894369562139131, -15.111151401698631, -0.22330757889265573,
			0.002964601375647616, 0.0023784717395948095, -0.000029658956854023756, 0.00004366244043351563),
		body(15.379697114850917, -25.919314609987964, 0.17925877295037118,
			0.0026806777249038932, 0.001628241700382423, -0.00009515922545197159, 0.00005151389020466115),
	}
}

func squareRoot(v, guess float64) float64 {
	r := guess
	r = 0.5 * (r + v/r)
	r = 0.5 * (r + v/r)
	r = 0.5 * (r + v/r)
	return r
}

func offsetMomentum(bodies []*Body) {
	px, py, pz := 0.0, 0.0, 0.0
	for _, b := range bodies {
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	sun := bodies[0]
	sun.vx = 0.0 - px/sun.mass
	sun.vy = 0.0 - py/sun.mass
	sun.vz = 0.0 - pz/sun.mass
}

func firstDistances(bodies []*Body) []float64 {
	distances := []float64{}
	for i, a := range bodies {
		for _, b := range bodies[i+1:] {
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			d := d2
			for k := 0; k < 10; k++ {
				d = squareRoot(d2, d)
			}
			distances = append(distances, d)
		}
	}
	return distances
}

func energy(bodies []*Body, distances []float64) float64 {
	e := 0.0
	pair := 0
	for i, a := range bodies {
		e += 0.5 * a.mass * (a.vx*a.vx + a.vy*a.vy + a.vz*a.vz)
		for _, b := range bodies[i+1:] {
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			e -= a.mass * b.mass / squareRoot(dx*dx+dy*dy+dz*dz, distances[pair])
			pair++
		}
	}
	return e
}

func advance(bodies []*Body, distances []float64, dt float64) {
	pair := 0
	for i, a := range bodies {
		for _, b := range bodies[i+1:] {
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			d := squareRoot(d2, distances[pair])
			distances[pair] = d
			pair++
			mag := dt / (d2 * d)
			ma := a.mass * mag
			mb := b.mass * mag
			a.vx -= dx * mb
			a.vy -= dy * mb
			a.vz -= dz * mb
			b.vx += dx * ma
			b.vy += dy * ma
			b.vz += dz * ma
		}
	}
	for _, b := range bodies {
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	n := 400000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	bodies := system()
	offsetMomentum(bodies)
	distances := firstDistances(bodies)
	fmt.Println(int(energy(bodies, distances) * 1000000000.0))
	for step := 0; step < n; step++ {
		advance(bodies, distances, 0.01)
	}
	fmt.Println(int(energy(bodies, distances) * 1000000000.0))
}
