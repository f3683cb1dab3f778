package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

type customer struct{ id, city int }

type order struct{ id, customer, amount int }

type city struct {
	key    int
	orders []*order
	total  int
}

func makeCustomers(count int) []*customer {
	customers := make([]*customer, 0, count)
	for i := 0; i < count; i++ {
		customers = append(customers, &customer{i * 7919 % 1000003, i * i % 97})
	}
	return customers
}

func makeOrders(count, customers int) []*order {
	orders := make([]*order, 0, count)
	seed := 42
	for i := 0; i < count; i++ {
		seed = seed * 16807 % 2147483647
		customer := seed % customers * 7919 % 1000003
		seed = seed * 16807 % 2147483647
		orders = append(orders, &order{i, customer, seed % 1000})
	}
	return orders
}

func main() {
	n := 1000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	customers := makeCustomers(n / 10)
	orders := makeOrders(n, n/10)

	byID := make(map[int]*customer, len(customers))
	for _, c := range customers {
		byID[c.id] = c
	}
	groups := map[int]*city{}
	var cities []*city
	for _, o := range orders {
		if o.amount <= 100 {
			continue
		}
		key := byID[o.customer].city
		group := groups[key]
		if group == nil {
			group = &city{key: key}
			groups[key] = group
			cities = append(cities, group)
		}
		group.orders = append(group.orders, o)
	}
	for _, group := range cities {
		for _, o := range group.orders {
			group.total += o.amount
		}
	}
	sort.SliceStable(cities, func(i, j int) bool { return cities[i].total > cities[j].total })
	var largest []*order
	odd := 0
	for _, o := range orders {
		if o.id%3 == 0 {
			largest = append(largest, o)
		}
	}
	sort.SliceStable(largest, func(i, j int) bool { return largest[i].amount > largest[j].amount })
	for _, o := range orders {
		if o.amount%2 == 1 {
			odd += o.amount
		}
	}

	checksum := 0
	for _, group := range cities {
		checksum = (checksum*31 + group.key*7 + len(group.orders)*3 + group.total) % 1000000007
	}
	for i := 0; i < len(largest) && i < 1000; i++ {
		checksum = (checksum*31 + largest[i].id) % 1000000007
	}
	fmt.Println(len(cities), odd, checksum)
}
