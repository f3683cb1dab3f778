local floor = math.floor

local function make_customers(count)
  local customers = {}
  for i = 0, count - 1 do customers[i + 1] = { id = i * 7919 % 1000003, city = i * i % 97 } end
  return customers
end

local function make_orders(count, customers)
  local orders = {}
  local seed = 42
  for i = 0, count - 1 do
    seed = seed * 16807 % 2147483647
    local customer = seed % customers * 7919 % 1000003
    seed = seed * 16807 % 2147483647
    orders[i + 1] = { id = i, customer = customer, amount = seed % 1000 }
  end
  return orders
end

local n = floor(tonumber(arg[1] or 1000000))
local customers = make_customers(floor(n / 10))
local orders = make_orders(n, floor(n / 10))

local by_id = {}
for _, c in ipairs(customers) do by_id[c.id] = c end
local groups, by_city = {}, {}
for _, o in ipairs(orders) do
  if o.amount > 100 then
    local city = by_id[o.customer].city
    local group = by_city[city]
    if not group then
      group = { city = city, rank = #groups, total = 0 }
      by_city[city] = group
      groups[#groups + 1] = group
    end
    group[#group + 1] = o
  end
end
for _, group in ipairs(groups) do
  for _, o in ipairs(group) do group.total = group.total + o.amount end
end
-- The sort is not stable.
table.sort(groups, function(a, b)
  if a.total ~= b.total then return a.total > b.total end
  return a.rank < b.rank
end)
local largest = {}
for _, o in ipairs(orders) do
  if o.id % 3 == 0 then largest[#largest + 1] = o end
end
table.sort(largest, function(a, b)
  if a.amount ~= b.amount then return a.amount > b.amount end
  return a.id < b.id
end)
local odd = 0
for _, o in ipairs(orders) do
  if o.amount % 2 == 1 then odd = odd + o.amount end
end

local checksum = 0
for _, group in ipairs(groups) do
  checksum = (checksum * 31 + group.city * 7 + #group * 3 + group.total) % 1000000007
end
for i = 1, math.min(1000, #largest) do checksum = (checksum * 31 + largest[i].id) % 1000000007 end
print(string.format("%d %d %d", #groups, odd, checksum))
