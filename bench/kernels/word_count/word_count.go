package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

func generateText(words int) string {
	syllables := []string{"ba", "ke", "lo", "mi", "nu", "ra", "se", "ti"}
	separators := []string{" ", " ", "\n", ", ", " ", ". "}
	seed := 42
	var text strings.Builder
	for i := 0; i < words; i++ {
		seed = seed * 16807 % 2147483647
		rest := seed % 4096
		text.WriteString(syllables[rest%8])
		rest /= 8
		for rest > 7 {
			text.WriteString(syllables[rest%8])
			rest /= 8
		}
		text.WriteString(separators[seed/4096%6])
	}
	return text.String()
}

func countWords(text string) map[string]int {
	counts := map[string]int{}
	start := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < 'a' || c > 'z' {
			if i > start {
				counts[text[start:i]]++
			}
			start = i + 1
		}
	}
	return counts
}

func main() {
	n := 2000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	counts := countWords(generateText(n))
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Strings(words)
	top := ""
	most, checksum := 0, 0
	for rank, word := range words {
		times := counts[word]
		if times > most {
			most = times
			top = word
		}
		checksum = (checksum + times*(rank+1)) % 1000000007
	}
	fmt.Println(len(counts), top, most, checksum)
}
