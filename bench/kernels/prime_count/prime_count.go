package main

import (
	"fmt"
	"os"
	"strconv"
)

func isPrime(k int) bool {
	if k < 2 {
		return false
	}
	if k%2 == 0 {
		return k == 2
	}
	for d := 3; d*d <= k; d += 2 {
		if k%d == 0 {
			return false
		}
	}
	return true
}

func main() {
	n := 1500000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	count, last := 0, 0
	for k := 0; k < n; k++ {
		if isPrime(k) {
			count++
			last = k
		}
	}
	fmt.Println(count, last)
}
