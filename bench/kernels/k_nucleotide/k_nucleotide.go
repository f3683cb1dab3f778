package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

func makeSequence(length int) string {
	letters := "acgt"
	below := []float64{0.302954942668, 0.5009432431601, 0.6984905497992, 1.0}
	seed := 42
	var sequence strings.Builder
	for i := 0; i < length; i++ {
		seed = (seed*3877 + 29573) % 139968
		r := float64(seed) / 139968.0
		at := 0
		for r >= below[at] {
			at++
		}
		sequence.WriteByte(letters[at])
	}
	return sequence.String()
}

func countParts(sequence string, size int) map[string]int {
	counts := map[string]int{}
	for i := 0; i <= len(sequence)-size; i++ {
		counts[sequence[i:i+size]]++
	}
	return counts
}

func main() {
	n := 2500000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	sequence := makeSequence(n)
	checksum := 0
	for _, size := range []int{1, 2} {
		counts := countParts(sequence, size)
		parts := make([]string, 0, len(counts))
		for part := range counts {
			parts = append(parts, part)
		}
		sort.Strings(parts)
		for _, part := range parts {
			checksum = (checksum*31 + counts[part]) % 1000000007
		}
	}
	different := 0
	for _, part := range []string{"ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt"} {
		counts := countParts(sequence, len(part))
		different += len(counts)
		checksum = (checksum*31 + counts[part]) % 1000000007
	}
	fmt.Println(different, checksum)
}
