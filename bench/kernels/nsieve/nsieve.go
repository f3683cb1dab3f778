package main

import (
	"fmt"
	"os"
	"strconv"
)

func nsieve(size int) int {
	flags := make([]bool, size)
	for i := range flags {
		flags[i] = true
	}
	count := 0
	for i := 2; i < size; i++ {
		if flags[i] {
			for k := i + i; k < size; k += i {
				flags[k] = false
			}
			count++
		}
	}
	return count
}

func main() {
	n := 10
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	size := 10000
	for i := 0; i < n; i++ {
		size *= 2
	}
	for i := 0; i < 3; i++ {
		fmt.Println("primes below", size, nsieve(size))
		size /= 2
	}
}
