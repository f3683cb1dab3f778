package main

import (
	"fmt"
	"os"
	"strconv"
)

func sumSquares(limit int) int {
	sum := 0
	i := 0
	for i < limit {
		sum = (sum + i*i) % 1000003
		i++
	}
	return sum
}

func main() {
	n := 40000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Println(sumSquares(n))
}
