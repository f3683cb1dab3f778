package main

import (
	"fmt"
	"os"
	"strconv"
)

type Expr interface{}

type Number struct{ value int }
type Param struct{ index int }
type Add struct{ left, right Expr }
type Sub struct{ left, right Expr }
type Mul struct{ left, right Expr }
type Choose struct{ test, yes, no Expr }

func draw(seed []int) int {
	seed[0] = seed[0] * 16807 % 2147483647
	return seed[0] / 1024
}

func grow(depth int, seed []int) Expr {
	kind := draw(seed) % 8
	if depth == 0 || kind == 7 {
		leaf := draw(seed)
		if leaf%2 == 0 {
			return &Number{leaf % 1000}
		}
		return &Param{leaf % 4}
	}
	a := grow(depth-1, seed)
	b := grow(depth-1, seed)
	if kind < 3 {
		return &Add{a, b}
	}
	if kind < 4 {
		return &Sub{a, b}
	}
	if kind < 6 {
		return &Mul{a, b}
	}
	return &Choose{a, b, grow(depth-1, seed)}
}

func value(e Expr, params []int) int {
	switch e := e.(type) {
	case *Number:
		return e.value
	case *Param:
		return params[e.index]
	case *Add:
		return (value(e.left, params) + value(e.right, params)) % 1000003
	case *Sub:
		return (value(e.left, params) - value(e.right, params) + 1000003) % 1000003
	case *Mul:
		return value(e.left, params) * value(e.right, params) % 1000003
	case *Choose:
		if value(e.test, params)%2 == 0 {
			return value(e.yes, params)
		}
		return value(e.no, params)
	}
	panic("unknown expression")
}

func size(e Expr) int {
	switch e := e.(type) {
	case *Number, *Param:
		return 1
	case *Add:
		return 1 + size(e.left) + size(e.right)
	case *Sub:
		return 1 + size(e.left) + size(e.right)
	case *Mul:
		return 1 + size(e.left) + size(e.right)
	case *Choose:
		return 1 + size(e.test) + size(e.yes) + size(e.no)
	}
	panic("unknown expression")
}

func main() {
	n := 900
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	tree := grow(15, []int{12345})
	checksum := 0
	for k := 0; k < n; k++ {
		params := []int{k, k*7 + 1, k * k % 1000, 1000 - k}
		checksum = (checksum*31 + value(tree, params)) % 1000003
	}
	fmt.Println(size(tree), checksum)
}
