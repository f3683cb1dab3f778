"use strict";

function makeCustomers(count) {
  const customers = [];
  for (let i = 0; i < count; i++) customers.push({ id: (i * 7919) % 1000003, city: (i * i) % 97 });
  return customers;
}

function makeOrders(count, customers) {
  const orders = [];
  let seed = 42;
  for (let i = 0; i < count; i++) {
    seed = (seed * 16807) % 2147483647;
    const customer = ((seed % customers) * 7919) % 1000003;
    seed = (seed * 16807) % 2147483647;
    orders.push({ id: i, customer, amount: seed % 1000 });
  }
  return orders;
}

const n = Number(process.argv[2] ?? 1000000);
const customers = makeCustomers(Math.trunc(n / 10));
const orders = makeOrders(n, Math.trunc(n / 10));

const byId = new Map(customers.map((c) => [c.id, c]));
const groups = new Map();
for (const o of orders) {
  if (o.amount <= 100) continue;
  const { city } = byId.get(o.customer);
  const group = groups.get(city);
  if (group) group.push(o);
  else groups.set(city, [o]);
}
const cities = [...groups].map(([city, group]) => [city, group.length, group.reduce((sum, o) => sum + o.amount, 0)]);
cities.sort((a, b) => b[2] - a[2]);
const largest = orders
  .filter((o) => o.id % 3 === 0)
  .sort((a, b) => b.amount - a.amount)
  .slice(0, 1000)
  .map((o) => o.id);
const odd = orders.filter((o) => o.amount % 2 === 1).reduce((sum, o) => sum + o.amount, 0);

let checksum = 0;
for (const [city, count, total] of cities) checksum = (checksum * 31 + city * 7 + count * 3 + total) % 1000000007;
for (const id of largest) checksum = (checksum * 31 + id) % 1000000007;
console.log(cities.length, odd, checksum);
