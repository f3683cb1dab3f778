package main

import (
	"fmt"
	"os"
	"strconv"
)

func intKeys(count int) int {
	m := map[int]int{}
	for i := 0; i < count; i++ {
		m[i*7919%2000003] = i
	}
	for i := 0; i < count; i++ {
		k := i * 31 % 2000003
		if v, ok := m[k]; ok {
			m[k] = v + i
		}
	}
	sum := 0
	for k := 0; k < count; k++ {
		if v, ok := m[k]; ok {
			sum = (sum + v*(k%7)) % 1000000007
		}
	}
	return (sum + len(m)) % 1000000007
}

func stringKeys(count int) int {
	m := map[string]int{}
	distinctKeys := count / 4
	for i := 0; i < count; i++ {
		key := "k" + strconv.Itoa(i*17%distinctKeys)
		if v, ok := m[key]; ok {
			m[key] = v + i%10
		} else {
			m[key] = 1
		}
	}
	sum := 0
	for i := 0; i < distinctKeys; i++ {
		sum = (sum + m["k"+strconv.Itoa(i)]*(i%7)) % 1000000007
	}
	return (sum + len(m)) % 1000000007
}

func main() {
	n := 1500000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Println(intKeys(n), stringKeys(n))
}
