package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func generateLog(lines int) string {
	users := []string{"ann", "bob", "carol", "dave", "eve"}
	verbs := []string{"read", "write", "open", "close", "seek", "stat", "error"}
	seed := 42
	out := make([]string, 0)
	for i := 0; i < lines; i++ {
		seed = seed * 16807 % 2147483647
		user := users[seed%5]
		verb := verbs[seed/5%7]
		out = append(out, "  user="+user+"; action="+verb+"; file=/users/"+user+"/"+strconv.Itoa(seed%1000)+
			".txt; size="+strconv.Itoa(seed%4096)+" ")
	}
	return strings.Join(out, "\n")
}

func field(part string) string {
	return part[strings.Index(part, "=")+1:]
}

func main() {
	n := 300000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	log := generateLog(n)
	var reports []string
	total, errors := 0, 0
	for _, line := range strings.Split(log, "\n") {
		parts := strings.Split(strings.TrimSpace(line), "; ")
		user := strings.ToUpper(field(parts[0]))
		path := strings.ReplaceAll(field(parts[2]), "/", "\\")
		size, _ := strconv.Atoi(field(parts[3]))
		total += size
		if strings.Contains(parts[1], "error") {
			errors++
		}
		if size > 2048 {
			reports = append(reports, fmt.Sprintf("%6d %s %s", size, user, path))
		}
	}
	report := strings.Join(reports, "\n")
	checksum := 0
	for _, line := range strings.Split(report, "\n") {
		checksum = (checksum*31 + len(line) + strings.Index(line, "HOME") + strings.Index(line, "txt")) % 1000000007
	}
	fmt.Println(total, errors, len(reports), len(report), checksum, strings.ToLower(report[:20]))
}
