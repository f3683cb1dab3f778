package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

const width = 60
const alphabet = "\nABCDGHKMNRSTVWY"

func makeStrand(length, first int) string {
	letters := "ACGTACGTACGTRYKMSWBDHVN"
	seed := first
	var text strings.Builder
	for i := 0; i < length; i++ {
		seed = (seed*3877 + 29573) % 139968
		text.WriteByte(letters[seed/7%len(letters)])
		if (i+1)%width == 0 || i == length-1 {
			text.WriteByte('\n')
		}
	}
	return text.String()
}

func complements() *[256]byte {
	letters := "ACGTRYKMSWBDHVN"
	others := "TGCAYRMKSWVHDBN"
	var table [256]byte
	for i := range letters {
		table[letters[i]] = others[i]
	}
	return &table
}

func reverseComplement(text string, table *[256]byte) string {
	var out strings.Builder
	column := 0
	for i := len(text) - 1; i >= 0; i-- {
		letter := text[i]
		if letter == '\n' {
			continue
		}
		out.WriteByte(table[letter])
		column++
		if column == width {
			out.WriteByte('\n')
			column = 0
		}
	}
	if column > 0 {
		out.WriteByte('\n')
	}
	return out.String()
}

func main() {
	n := 10000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	table := complements()
	length, checksum := 0, 0
	for first := 0; first < 10; first++ {
		strand := reverseComplement(makeStrand(n/10, first), table)
		length += len(strand)
		for i := 0; i < len(strand); i++ {
			checksum = (checksum*31 + strings.IndexByte(alphabet, strand[i])) % 1000000007
		}
	}
	fmt.Println(length, checksum)
}
