package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

const width = 60

var seed = 42

func random() float64 {
	seed = (seed*3877 + 29573) % 139968
	return float64(seed) / 139968.0
}

func repeated(source string, length int) string {
	twice := source + source
	var text strings.Builder
	text.WriteString(">ONE repeated\n")
	at := 0
	for left := length; left > 0; {
		size := min(left, width)
		text.WriteString(twice[at : at+size])
		text.WriteByte('\n')
		at = (at + size) % len(source)
		left -= size
	}
	return text.String()
}

func limits(probabilities []float64) []float64 {
	sums := make([]float64, 0)
	sum := 0.0
	for _, probability := range probabilities {
		sum += probability
		sums = append(sums, sum)
	}
	return sums
}

func drawn(title, letters string, probabilities []float64, length int) string {
	below := limits(probabilities)
	last := len(letters) - 1
	var text strings.Builder
	text.WriteString(title + "\n")
	for i := 0; i < length; i++ {
		r := random()
		at := 0
		for at < last && r >= below[at] {
			at++
		}
		text.WriteByte(letters[at])
		if (i+1)%width == 0 || i == length-1 {
			text.WriteByte('\n')
		}
	}
	return text.String()
}

func checksum(text string) int {
	const alphabet = "\n >ABCDEGHKMNORSTVWYabcdegmnoprst"
	sum := 0
	for i := 0; i < len(text); i++ {
		sum = (sum*31 + strings.IndexByte(alphabet, text[i])) % 1000000007
	}
	return sum
}

func main() {
	n := 1000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	ofCodes := []float64{0.27, 0.12, 0.12, 0.27, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02}
	ofBases := []float64{0.302954942668, 0.1979883004921, 0.1975473066391, 0.3015094502008}
	one := repeated("TTGACCATGCAGGCTAACTTCCGGATTTACGCAGTCAAGGCGTTAACCTGATCGGATACTTGCAACGTCTAGGAC", n*2)
	two := drawn(">TWO random codes", "acgtBDHKMNRSVWY", ofCodes, n*3)
	three := drawn(">THREE random bases", "acgt", ofBases, n*5)
	fmt.Println(len(one), len(two), len(three), checksum(one+two+three))
}
