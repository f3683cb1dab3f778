package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// What a node does: take the letter, take a letter that is in the text or that is not, try `other` before `next`,
// nothing, end.
const (
	letter = iota
	oneOf
	noneOf
	split
	empty
	done
)

type node struct {
	kind        int
	text        string
	next, other int
}

// Part of a pattern: where it begins, and the node whose `next` is not known yet.
type part struct {
	first, last int
}

type pattern struct {
	text  string
	at    int
	nodes []node
}

func (p *pattern) add(kind int, letters string, other int) int {
	p.nodes = append(p.nodes, node{kind, letters, -1, other})
	return len(p.nodes) - 1
}

// The next letter, 0 at the end.
func (p *pattern) here() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *pattern) either() part {
	made := p.sequence()
	for p.here() == '|' {
		p.at++
		second := p.sequence()
		fork := p.add(split, "", made.first)
		join := p.add(empty, "", -1)
		p.nodes[fork].next = second.first
		p.nodes[made.last].next = join
		p.nodes[second.last].next = join
		made = part{fork, join}
	}
	return made
}

func (p *pattern) sequence() part {
	made := p.repeated()
	for p.here() != 0 && p.here() != '|' && p.here() != ')' {
		second := p.repeated()
		p.nodes[made.last].next = second.first
		made.last = second.last
	}
	return made
}

func (p *pattern) repeated() part {
	made := p.single()
	if p.here() != '*' {
		return made
	}
	p.at++
	fork := p.add(split, "", made.first)
	p.nodes[made.last].next = fork
	return part{fork, fork}
}

func (p *pattern) single() part {
	c := p.here()
	p.at++
	if c == '(' {
		made := p.either()
		p.at++
		return made
	}
	if c != '[' {
		made := p.add(letter, p.text[p.at-1:p.at], -1)
		return part{made, made}
	}
	kind := oneOf
	if p.here() == '^' {
		kind = noneOf
		p.at++
	}
	from := p.at
	for p.here() != ']' {
		p.at++
	}
	made := p.add(kind, p.text[from:p.at], -1)
	p.at++
	return part{made, made}
}

type program struct {
	nodes []node
	first int
}

func compile(text string) program {
	p := pattern{text: text}
	made := p.either()
	end := p.add(done, "", -1)
	p.nodes[made.last].next = end
	return program{p.nodes, made.first}
}

func matchEnd(nodes []node, first int, text string, at int) int {
	n := &nodes[first]
	for n.kind != done {
		if n.kind == split {
			end := matchEnd(nodes, n.other, text, at)
			if end >= 0 {
				return end
			}
		} else if n.kind != empty {
			if at == len(text) {
				return -1
			}
			c := text[at]
			if n.kind == letter {
				if c != n.text[0] {
					return -1
				}
			} else if (strings.IndexByte(n.text, c) >= 0) != (n.kind == oneOf) {
				return -1
			}
			at++
		}
		n = &nodes[n.next]
	}
	return at
}

func countMatches(p program, text string) int {
	count := 0
	at := 0
	for at < len(text) {
		end := matchEnd(p.nodes, p.first, text, at)
		if end > at {
			count++
			at = end
		} else {
			at++
		}
	}
	return count
}

func replace(p program, text, by string) string {
	var out strings.Builder
	at := 0
	for at < len(text) {
		end := matchEnd(p.nodes, p.first, text, at)
		if end > at {
			out.WriteString(by)
			at = end
		} else {
			out.WriteByte(text[at])
			at++
		}
	}
	return out.String()
}

func makeText(length int) string {
	letters := "acgtacgtacgtacgtBDHKMNRSVWY"
	seed := 42
	var text strings.Builder
	text.WriteString(">ONE generated\n")
	for i := 0; i < length; i++ {
		seed = (seed*3877 + 29573) % 139968
		text.WriteByte(letters[seed/5%len(letters)])
		if (i+1)%60 == 0 {
			text.WriteByte('\n')
		}
		if (i+1)%3000 == 0 {
			text.WriteString(">NEXT\n")
		}
	}
	return text.String()
}

func main() {
	n := 700000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	patterns := []string{
		"gtaac|gttac",
		"[cgt]gta|tac[acg]",
		"a[act]ga*t|at*tc[agt]t",
		"ag[act]g|c[agt]ct",
		"(ac|gt)(ac|gt)*[BDH]",
		"c(a|t)*g",
		"[^acgt][^acgt]",
		"gt*(ac|a*g)t",
	}
	replacements := [][2]string{
		{"tHa|aND|[aN]cW", "<4>"},
		{"a[NSt]|BY", "<2>"},
		{"[|]*<[^>]*>", "|"},
		{"[|][^|][^|]*[|]", "-"},
	}
	raw := makeText(n)
	sequence := replace(compile(">[^\n]*\n|\n"), raw, "")
	clean := len(sequence)
	checksum := 0
	for _, pattern := range patterns {
		checksum = (checksum*31 + countMatches(compile(pattern), sequence)) % 1000000007
	}
	for _, pair := range replacements {
		sequence = replace(compile(pair[0]), sequence, pair[1])
		checksum = (checksum*31 + len(sequence)) % 1000000007
	}
	fmt.Println(len(raw), clean, len(sequence), checksum)
}
