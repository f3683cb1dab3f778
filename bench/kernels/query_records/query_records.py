import sys
from collections import defaultdict
from dataclasses import dataclass


@dataclass(slots=True)
class Customer:
    id: int
    city: int


@dataclass(slots=True)
class Order:
    id: int
    customer: int
    amount: int


def make_customers(count):
    return [Customer(i * 7919 % 1000003, i * i % 97) for i in range(count)]


def make_orders(count, customers):
    orders = []
    seed = 42
    for i in range(count):
        seed = seed * 16807 % 2147483647
        customer = seed % customers * 7919 % 1000003
        seed = seed * 16807 % 2147483647
        orders.append(Order(i, customer, seed % 1000))
    return orders


def main(n):
    customers = make_customers(n // 10)
    orders = make_orders(n, n // 10)

    by_id = {c.id: c for c in customers}
    groups = defaultdict(list)
    for o in orders:
        if o.amount > 100:
            groups[by_id[o.customer].city].append(o)
    cities = [(city, len(group), sum(o.amount for o in group)) for city, group in groups.items()]
    cities.sort(key=lambda city: -city[2])
    largest = [o.id for o in sorted((o for o in orders if o.id % 3 == 0), key=lambda o: -o.amount)[:1000]]
    odd = sum(o.amount for o in orders if o.amount % 2 == 1)

    checksum = 0
    for city, count, total in cities:
        checksum = (checksum * 31 + city * 7 + count * 3 + total) % 1000000007
    for id in largest:
        checksum = (checksum * 31 + id) % 1000000007
    print(len(cities), odd, checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000000)
