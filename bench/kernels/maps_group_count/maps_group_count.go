package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

func main() {
	n := 1000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	byName := map[string]int{}
	byNumber := map[int]int{}
	groups := map[int][]int{}
	seed := 42
	for i := 0; i < n; i++ {
		seed = seed * 16807 % 2147483647
		byName["item"+strconv.Itoa(seed%5000)]++
		byNumber[seed%100003] += seed % 10
		group := seed % 1000
		groups[group] = append(groups[group], i)
	}
	checksum := 0
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		checksum = (checksum*31 + byName[name] + len(name)) % 1000000007
	}
	numbers := make([]int, 0, len(byNumber))
	for number := range byNumber {
		numbers = append(numbers, number)
	}
	sort.Ints(numbers)
	for _, number := range numbers {
		checksum = (checksum*31 + byNumber[number] + number) % 1000000007
	}
	keys := make([]int, 0, len(groups))
	for group := range groups {
		keys = append(keys, group)
	}
	sort.Ints(keys)
	for _, group := range keys {
		items := groups[group]
		checksum = (checksum*31 + len(items) + items[0] + items[len(items)-1]) % 1000000007
	}
	fmt.Println(len(byName), len(byNumber), len(groups), checksum)
}
