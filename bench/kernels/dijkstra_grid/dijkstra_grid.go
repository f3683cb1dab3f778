package main

import (
	"fmt"
	"os"
	"strconv"
)

type Heap struct {
	entries []int
	size    int
}

func push(heap *Heap, entry int) {
	if heap.size == len(heap.entries) {
		heap.entries = append(heap.entries, entry)
	}
	entries := heap.entries
	at := heap.size
	heap.size = at + 1
	for at > 0 {
		parent := (at - 1) / 2
		if entries[parent] <= entry {
			break
		}
		entries[at] = entries[parent]
		at = parent
	}
	entries[at] = entry
}

func pop(heap *Heap) int {
	entries := heap.entries
	top := entries[0]
	size := heap.size - 1
	heap.size = size
	entry := entries[size]
	at := 0
	for {
		child := 2*at + 1
		if child >= size {
			break
		}
		if child+1 < size && entries[child+1] < entries[child] {
			child++
		}
		if entry <= entries[child] {
			break
		}
		entries[at] = entries[child]
		at = child
	}
	entries[at] = entry
	return top
}

func distances(weights []int, side int) []int {
	cells := side * side
	dist := make([]int, cells)
	for i := range dist {
		dist[i] = 1000000000
	}
	steps := []int{-1, 1, -side, side}
	heap := &Heap{}
	dist[0] = 0
	push(heap, 0)
	for heap.size > 0 {
		entry := pop(heap)
		cell := entry % cells
		d := entry / cells
		if d == dist[cell] {
			column := cell % side
			for k := 0; k < 4; k++ {
				next := cell + steps[k]
				if next >= 0 && next < cells && !(k == 0 && column == 0) && !(k == 1 && column == side-1) {
					longer := d + weights[next]
					if longer < dist[next] {
						dist[next] = longer
						push(heap, longer*cells+next)
					}
				}
			}
		}
	}
	return dist
}

func main() {
	n := 900
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	seed := 7
	weights := []int{}
	for i := 0; i < n*n; i++ {
		seed = seed * 16807 % 2147483647
		weights = append(weights, 1+seed%100)
	}
	dist := distances(weights, n)
	checksum := 0
	for _, d := range dist {
		checksum = (checksum*31 + d) % 1000000007
	}
	fmt.Println(dist[n*n-1], checksum)
}
