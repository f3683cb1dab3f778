package main

import (
	"fmt"
	"os"
	"strconv"
)

func chainLength(start int) int {
	k := start
	steps := 1
	for k != 1 {
		if k%2 == 0 {
			k = k / 2
		} else {
			k = 3*k + 1
		}
		steps++
	}
	return steps
}

func main() {
	n := 400000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	best, longest := 1, 1
	for start := 1; start < n; start++ {
		steps := chainLength(start)
		if steps > longest {
			longest = steps
			best = start
		}
	}
	fmt.Println(best, longest)
}
