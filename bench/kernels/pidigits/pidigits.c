#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A number that is not negative: limbs of 32 bits, lowest first. */
typedef struct {
    uint32_t *limbs;
    size_t len, capacity;
} Big;

static void push(Big *a, uint32_t limb) {
    if (a->len == a->capacity) {
        a->capacity = a->capacity ? 2 * a->capacity : 16;
        a->limbs = realloc(a->limbs, a->capacity * sizeof *a->limbs);
        if (!a->limbs)
            abort();
    }
    a->limbs[a->len++] = limb;
}

static void mul(Big *a, uint32_t small) {
    uint64_t carry = 0;
    for (size_t i = 0; i < a->len; i++) {
        carry += (uint64_t)a->limbs[i] * small;
        a->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        push(a, (uint32_t)carry);
}

/* a += b * small */
static void add_times(Big *a, const Big *b, uint32_t small) {
    uint64_t carry = 0;
    for (size_t i = 0; i < b->len || carry; i++) {
        if (i == a->len)
            push(a, 0);
        carry += a->limbs[i] + (i < b->len ? (uint64_t)b->limbs[i] * small : 0);
        a->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* a -= b * small, which is not negative */
static void sub_times(Big *a, const Big *b, uint32_t small) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < b->len || borrow; i++) {
        borrow += i < b->len ? (uint64_t)b->limbs[i] * small : 0;
        uint32_t low = (uint32_t)borrow;
        borrow = (borrow >> 32) + (a->limbs[i] < low);
        a->limbs[i] -= low;
    }
    while (a->len && a->limbs[a->len - 1] == 0)
        a->len--;
}

static int compare(const Big *a, const Big *b) {
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (size_t i = a->len; i-- > 0;)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

static Big low, range, den, t;

/* (low + range * times) / den */
static uint32_t digit(uint32_t times) {
    t.len = 0;
    for (size_t i = 0; i < low.len; i++)
        push(&t, low.limbs[i]);
    add_times(&t, &range, times);
    uint32_t d = 0;
    while (compare(&t, &den) >= 0) {
        sub_times(&t, &den, 1);
        d++;
    }
    return d;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 6000;
    push(&low, 3);
    push(&range, 1);
    push(&den, 1);
    uint32_t k = 0;
    uint64_t hash = 0;
    for (int produced = 0; produced < n;) {
        k++;
        mul(&low, 2 * k + 1);
        add_times(&low, &range, k - 1);
        mul(&den, 2 * k + 1);
        mul(&range, k);
        if (compare(&range, &den) >= 0)
            continue;
        uint32_t d = digit(0);
        if (digit(1) != d)
            continue;
        hash = (hash * 31 + d) % 1000000007;
        produced++;
        sub_times(&low, &den, d);
        mul(&low, 10);
        mul(&range, 10);
    }
    printf("%u %llu\n", k, (unsigned long long)hash);
    return 0;
}
