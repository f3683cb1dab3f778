package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func letters(count, start int) string {
	alphabet := "acgt"
	seed := start
	var text strings.Builder
	for i := 0; i < count; i++ {
		seed = seed * 16807 % 2147483647
		text.WriteByte(alphabet[seed/65536%4])
	}
	return text.String()
}

func lcsTable(a, b string) [][]int {
	columns := len(b)
	table := [][]int{make([]int, columns+1)}
	for i := 0; i < len(a); i++ {
		above := table[i]
		c := a[i]
		row := []int{0}
		for j := 0; j < columns; j++ {
			if c == b[j] {
				row = append(row, above[j]+1)
			} else if above[j+1] >= row[j] {
				row = append(row, above[j+1])
			} else {
				row = append(row, row[j])
			}
		}
		table = append(table, row)
	}
	return table
}

func walkBack(table [][]int, a, b string) int {
	i, j := len(a), len(b)
	checksum := 0
	for i > 0 && j > 0 {
		if a[i-1] == b[j-1] {
			checksum = (checksum*31 + i + j) % 1000003
			i--
			j--
		} else if table[i-1][j] >= table[i][j-1] {
			i--
		} else {
			j--
		}
	}
	return checksum
}

func main() {
	n := 2500
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	for round := 1; round < 4; round++ {
		a := letters(n, round)
		b := letters(n, round*1000)
		table := lcsTable(a, b)
		fmt.Println(table[n][n], walkBack(table, a, b))
	}
}
