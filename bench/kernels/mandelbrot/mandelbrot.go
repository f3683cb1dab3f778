package main

import (
	"fmt"
	"os"
	"strconv"
)

func steps(cr, ci float64) int {
	zr, zi := 0.0, 0.0
	for k := 0; k < 50; k++ {
		r2 := zr * zr
		i2 := zi * zi
		if r2+i2 > 4.0 {
			return k
		}
		zi = 2.0*zr*zi + ci
		zr = r2 - i2 + cr
	}
	return 50
}

func main() {
	n := 1000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	inside, checksum := 0, 0
	for y := 0; y < n; y++ {
		ci := 2.0*float64(y)/float64(n) - 1.0
		for x := 0; x < n; x++ {
			cr := 2.0*float64(x)/float64(n) - 1.5
			k := steps(cr, ci)
			if k == 50 {
				inside++
			}
			checksum = (checksum*31 + k) % 1000003
		}
	}
	fmt.Println(inside, checksum)
}
