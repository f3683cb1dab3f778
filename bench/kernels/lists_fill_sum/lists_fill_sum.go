package main

import (
	"fmt"
	"os"
	"strconv"
)

func fill(count, factor int) []int {
	xs := []int{}
	for i := 0; i < count; i++ {
		xs = append(xs, i*factor%1009)
	}
	return xs
}

func sumByElement(xs []int) int {
	sum := 0
	for _, x := range xs {
		sum += x
	}
	return sum
}

func sumByIndex(xs []int) int {
	sum := 0
	for i := 0; i < len(xs); i++ {
		sum += xs[i] * (i % 8)
	}
	return sum
}

func halves(xs []int) []float64 {
	out := []float64{}
	for _, x := range xs {
		out = append(out, float64(x)*0.5)
	}
	return out
}

func sumFloats(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum
}

func main() {
	n := 2000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	total := 0
	for factor := 3; factor < 8; factor++ {
		xs := fill(n, factor)
		floats := halves(xs)
		total += sumByElement(xs) + sumByIndex(xs) + int(sumFloats(floats)*2.0)
	}
	fmt.Println(total)
}
