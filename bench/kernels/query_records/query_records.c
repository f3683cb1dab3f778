#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    long id, city;
} Customer;

typedef struct {
    long id, customer, amount;
} Order;

typedef struct {
    long key, rank, total;
    const Order **orders;
    size_t len, cap;
} City;

static Customer *make_customers(long count) {
    Customer *customers = malloc((count + 1) * sizeof *customers);
    for (long i = 0; i < count; i++) customers[i] = (Customer){i * 7919 % 1000003, i * i % 97};
    return customers;
}

static Order *make_orders(long count, long customers) {
    Order *orders = malloc((count + 1) * sizeof *orders);
    long seed = 42;
    for (long i = 0; i < count; i++) {
        seed = seed * 16807 % 2147483647;
        long customer = seed % customers * 7919 % 1000003;
        seed = seed * 16807 % 2147483647;
        orders[i] = (Order){i, customer, seed % 1000};
    }
    return orders;
}

/* Open addressing by id; the table is at least twice as large as needed. */
static size_t slot_of(const Customer *const *table, size_t mask, long id) {
    size_t i = (uint64_t)id * 0x9E3779B97F4A7C15u >> 20 & mask;
    while (table[i] && table[i]->id != id) i = (i + 1) & mask;
    return i;
}

static int by_total(const void *a, const void *b) {
    const City *x = a, *y = b;
    if (x->total != y->total) return x->total < y->total ? 1 : -1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_amount(const void *a, const void *b) {
    const Order *x = *(const Order *const *)a, *y = *(const Order *const *)b;
    if (x->amount != y->amount) return x->amount < y->amount ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000;
    long count = n / 10;
    Customer *customers = make_customers(count);
    Order *orders = make_orders(n, count);

    size_t size = 16;
    while (size < (size_t)count * 2) size *= 2;
    const Customer **table = calloc(size, sizeof *table);
    for (long i = 0; i < count; i++) table[slot_of(table, size - 1, customers[i].id)] = &customers[i];
    City cities[97];
    long numbers[97], len = 0;
    for (int i = 0; i < 97; i++) numbers[i] = -1;
    for (long i = 0; i < n; i++) {
        const Order *o = &orders[i];
        if (o->amount <= 100) continue;
        long key = table[slot_of(table, size - 1, o->customer)]->city;
        if (numbers[key] < 0) {
            cities[len] = (City){.key = key, .rank = len};
            numbers[key] = len++;
        }
        City *city = &cities[numbers[key]];
        if (city->len == city->cap) {
            city->cap = city->cap ? city->cap * 2 : 4;
            city->orders = realloc(city->orders, city->cap * sizeof *city->orders);
        }
        city->orders[city->len++] = o;
    }
    for (long i = 0; i < len; i++)
        for (size_t j = 0; j < cities[i].len; j++) cities[i].total += cities[i].orders[j]->amount;
    qsort(cities, len, sizeof *cities, by_total);
    const Order **largest = malloc((n + 1) * sizeof *largest);
    long kept = 0, odd = 0;
    for (long i = 0; i < n; i++)
        if (orders[i].id % 3 == 0) largest[kept++] = &orders[i];
    qsort(largest, kept, sizeof *largest, by_amount);
    for (long i = 0; i < n; i++)
        if (orders[i].amount % 2 == 1) odd += orders[i].amount;

    long checksum = 0;
    for (long i = 0; i < len; i++)
        checksum = (checksum * 31 + cities[i].key * 7 + (long)cities[i].len * 3 + cities[i].total) % 1000000007;
    for (long i = 0; i < kept && i < 1000; i++) checksum = (checksum * 31 + largest[i]->id) % 1000000007;
    printf("%ld %ld %ld\n", len, odd, checksum);
    return 0;
}
