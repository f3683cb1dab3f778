package main

import (
	"fmt"
	"os"
	"strconv"
)

func element(i, j int) float64 {
	return 1.0 / float64((i+j)*(i+j+1)/2+i+1)
}

func times(v []float64) []float64 {
	size := len(v)
	out := make([]float64, 0, size)
	for i := 0; i < size; i++ {
		sum := 0.0
		for j := 0; j < size; j++ {
			sum += element(i, j) * v[j]
		}
		out = append(out, sum)
	}
	return out
}

func timesTransposed(v []float64) []float64 {
	size := len(v)
	out := make([]float64, 0, size)
	for i := 0; i < size; i++ {
		sum := 0.0
		for j := 0; j < size; j++ {
			sum += element(j, i) * v[j]
		}
		out = append(out, sum)
	}
	return out
}

func squareRoot(v float64) float64 {
	r := v
	for k := 0; k < 40; k++ {
		r = 0.5 * (r + v/r)
	}
	return r
}

func main() {
	n := 650
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	u := make([]float64, n)
	for i := range u {
		u[i] = 1.0
	}
	var v []float64
	for i := 0; i < 10; i++ {
		v = timesTransposed(times(u))
		u = timesTransposed(times(v))
	}
	uv, vv := 0.0, 0.0
	for i := 0; i < n; i++ {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Println(int(squareRoot(uv/vv) * 1000000000.0))
}
