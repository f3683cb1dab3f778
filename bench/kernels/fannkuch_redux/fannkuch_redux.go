package main

import (
	"fmt"
	"os"
	"strconv"
)

func fannkuch(size int) {
	perm := make([]int, size)
	start := make([]int, size)
	count := make([]int, size)
	for i := range start {
		start[i] = i
	}
	maxFlips := 0
	checksum := 0
	sign := 1
	r := size
	for {
		for r != 1 {
			count[r-1] = r
			r--
		}
		for i := 0; i < size; i++ {
			perm[i] = start[i]
		}
		flips := 0
		k := perm[0]
		for k != 0 {
			low, high := 0, k
			for low < high {
				perm[low], perm[high] = perm[high], perm[low]
				low++
				high--
			}
			flips++
			k = perm[0]
		}
		if flips > maxFlips {
			maxFlips = flips
		}
		checksum += sign * flips
		sign = -sign
		for {
			if r == size {
				fmt.Println(checksum, maxFlips)
				return
			}
			head := start[0]
			for i := 0; i < r; i++ {
				start[i] = start[i+1]
			}
			start[r] = head
			count[r]--
			if count[r] > 0 {
				break
			}
			r++
		}
	}
}

func main() {
	n := 10
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	fannkuch(n)
}
