package main

import (
	"fmt"
	"os"
	"strconv"
)

type Particle struct {
	x, y, vx, vy, mass float64
	bounces            int
}

func build(count int) []*Particle {
	particles := []*Particle{}
	seed := 11
	for i := 0; i < count; i++ {
		seed = seed * 16807 % 2147483647
		x := float64(seed % 1000)
		seed = seed * 16807 % 2147483647
		y := float64(seed % 1000)
		mass := 1.0 + float64(i%5)*0.25
		particles = append(particles, &Particle{x, y, 500.0 - x, y - 500.0, mass, 0})
	}
	return particles
}

func pull(particles []*Particle, dt float64) {
	count := len(particles)
	for i := 0; i < count; i++ {
		p := particles[i]
		neighbour := i + 1
		if neighbour == count {
			neighbour = 0
		}
		q := particles[neighbour]
		fx := (q.x - p.x) * 0.01
		fy := (q.y - p.y) * 0.01
		p.vx += fx / p.mass * dt
		p.vy += (fy/p.mass - 9.81) * dt
		q.vx -= fx / q.mass * dt
		q.vy -= fy / q.mass * dt
	}
}

func drift(particles []*Particle, dt float64) {
	for _, p := range particles {
		p.x += p.vx * dt
		p.y += p.vy * dt
		if p.x < 0.0 || p.x > 1000.0 {
			p.vx *= -0.9
			p.bounces++
			if p.x < 0.0 {
				p.x = 0.0
			} else {
				p.x = 1000.0
			}
		}
		if p.y < 0.0 || p.y > 1000.0 {
			p.vy *= -0.9
			p.bounces++
			if p.y < 0.0 {
				p.y = 0.0
			} else {
				p.y = 1000.0
			}
		}
	}
}

func main() {
	n := 6000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	particles := build(1000)
	for step := 0; step < n; step++ {
		pull(particles, 0.01)
		drift(particles, 0.01)
	}
	bounces := 0
	energy := 0.0
	for _, p := range particles {
		bounces += p.bounces
		energy = energy + 0.5*p.mass*(p.vx*p.vx+p.vy*p.vy) + p.mass*9.81*p.y
	}
	fmt.Println(bounces, int(energy*1000.0))
}
