local function fill(count, factor)
  local xs = {}
  for i = 0, count - 1 do xs[#xs + 1] = i * factor % 1009 end
  return xs
end

local function sum_by_element(xs)
  local sum = 0
  for _, x in ipairs(xs) do sum = sum + x end
  return sum
end

local function sum_by_index(xs)
  local sum = 0
  for i = 0, #xs - 1 do sum = sum + xs[i + 1] * (i % 8) end
  return sum
end

local function halves(xs)
  local out = {}
  for _, x in ipairs(xs) do out[#out + 1] = x * 0.5 end
  return out
end

local function sum_floats(xs)
  local sum = 0.0
  for _, x in ipairs(xs) do sum = sum + x end
  return sum
end

local n = math.floor(tonumber(arg[1] or 2000000))
local total = 0
for factor = 3, 7 do
  local xs = fill(n, factor)
  local floats = halves(xs)
  total = total + sum_by_element(xs) + sum_by_index(xs) + math.floor(sum_floats(floats) * 2.0)
end
print(string.format("%d", total))
