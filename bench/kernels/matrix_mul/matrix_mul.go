package main

import (
	"fmt"
	"os"
	"strconv"
)

func matrix(size, shift int) [][]float64 {
	scale := 1.0 / float64(size) / float64(size)
	rows := make([][]float64, size)
	for i := range rows {
		row := make([]float64, size)
		for j := range row {
			row[j] = scale * float64(i-j) * float64(i+j+shift)
		}
		rows[i] = row
	}
	return rows
}

func multiply(a, b [][]float64, size int) [][]float64 {
	product := make([][]float64, size)
	for i := 0; i < size; i++ {
		row := a[i]
		out := make([]float64, size)
		for j := 0; j < size; j++ {
			sum := 0.0
			for k := 0; k < size; k++ {
				sum += row[k] * b[k][j]
			}
			out[j] = sum
		}
		product[i] = out
	}
	return product
}

func main() {
	n := 380
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	c := multiply(matrix(n, 0), matrix(n, 1), n)
	trace := 0.0
	for i := 0; i < n; i++ {
		trace += c[i][i]
	}
	half := n / 2
	fmt.Println(int(c[half][half]*1000000000.0), int(trace*1000000000.0))
}
