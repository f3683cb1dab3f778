package main

import (
	"fmt"
	"os"
	"strconv"
)

func adder(k int) func(int) int {
	return func(x int) int { return x + k }
}

func scaler(k int) func(int) int {
	return func(x int) int { return x * k % 10007 }
}

func compose(f, g func(int) int) func(int) int {
	return func(x int) int { return g(f(x)) }
}

func counter(step int) func() int {
	total := 0
	return func() int {
		total += step
		return total
	}
}

func apply(xs []int, f func(int) int) []int {
	out := []int{}
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func keep(xs []int, wanted func(int) bool) []int {
	out := []int{}
	for _, x := range xs {
		if wanted(x) {
			out = append(out, x)
		}
	}
	return out
}

func fold(xs []int, f func(int, int) int, start int) int {
	acc := start
	for _, x := range xs {
		acc = f(acc, x)
	}
	return acc
}

func run(rounds int) int {
	xs := []int{}
	for i := 0; i < 200; i++ {
		xs = append(xs, i)
	}
	tick := counter(3)
	checksum := 0
	for round := 0; round < rounds; round++ {
		stages := []func(int) int{adder(round), scaler(7), compose(adder(1), scaler(round%13+1))}
		ys := xs
		for _, stage := range stages {
			ys = apply(ys, stage)
		}
		limit := tick() % 5000
		ys = keep(ys, func(y int) bool { return y > limit })
		checksum = fold(ys, func(acc, y int) int { return (acc*31 + y + round) % 1000003 }, checksum)
	}
	return checksum + tick()
}

func main() {
	n := 24000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Println(run(n))
}
