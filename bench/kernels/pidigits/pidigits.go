package main

import (
	"fmt"
	"math/big"
	"os"
	"strconv"
)

func main() {
	n := 6000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	low, span, den := big.NewInt(3), big.NewInt(1), big.NewInt(1)
	small, t, digit, upper := new(big.Int), new(big.Int), new(big.Int), new(big.Int)
	ten := big.NewInt(10)
	var k, hash int64
	for produced := 0; produced < n; {
		k++
		low.Mul(low, small.SetInt64(2*k+1))
		den.Mul(den, small)
		t.Mul(span, small.SetInt64(k-1))
		low.Add(low, t)
		span.Mul(span, small.SetInt64(k))
		if span.Cmp(den) >= 0 {
			continue
		}
		digit.Quo(low, den)
		t.Add(low, span)
		if upper.Quo(t, den).Cmp(digit) != 0 {
			continue
		}
		hash = (hash*31 + digit.Int64()) % 1000000007
		produced++
		t.Mul(den, digit)
		low.Sub(low, t)
		low.Mul(low, ten)
		span.Mul(span, ten)
	}
	fmt.Println(k, hash)
}
