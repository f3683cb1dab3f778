package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func build(count int) string {
	pieces := []string{"ab", "c;", "d", "ef ", "g,", "hij", "k"}
	var text strings.Builder
	for i := 0; i < count; i++ {
		text.WriteString(pieces[i%7])
	}
	return text.String()
}

func scan(text string) int {
	vowels, marks, spread := 0, 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == 'a' || c == 'e' || c == 'i' {
			vowels++
			spread = (spread + i) % 1000003
		} else if c == ';' || c == ',' || c == ' ' {
			marks++
		}
	}
	return vowels*3 + marks + spread
}

func main() {
	n := 9000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	text := build(n)
	fmt.Println(len(text), scan(text))
}
