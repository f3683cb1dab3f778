package main

import (
	"fmt"
	"os"
	"strconv"
)

type Tree struct {
	left, right *Tree
}

func build(depth int) *Tree {
	if depth == 0 {
		return &Tree{nil, nil}
	}
	return &Tree{build(depth - 1), build(depth - 1)}
}

func check(tree *Tree) int {
	if tree != nil {
		return 1 + check(tree.left) + check(tree.right)
	}
	return 0
}

func main() {
	n := 15
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	minDepth := 4
	maxDepth := minDepth + 2
	if n > maxDepth {
		maxDepth = n
	}
	fmt.Println("stretch tree of depth", maxDepth+1, "check:", check(build(maxDepth+1)))
	longLived := build(maxDepth)
	iterations := 1
	for i := 0; i < maxDepth; i++ {
		iterations *= 2
	}
	for depth := minDepth; depth <= maxDepth; depth += 2 {
		sum := 0
		for i := 0; i < iterations; i++ {
			sum += check(build(depth))
		}
		fmt.Println(iterations, "trees of depth", depth, "check:", sum)
		iterations /= 4
	}
	fmt.Println("long lived tree of depth", maxDepth, "check:", check(longLived))
}
