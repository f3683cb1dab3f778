local function nsieve(size)
  local flags = {}
  for i = 0, size - 1 do flags[i] = true end
  local count = 0
  for i = 2, size - 1 do
    if flags[i] then
      for k = i + i, size - 1, i do flags[k] = false end
      count = count + 1
    end
  end
  return count
end

local n = math.floor(tonumber(arg[1] or 10))
local size = 10000
for _ = 1, n do size = size * 2 end
for _ = 1, 3 do
  print(string.format("primes below %d %d", size, nsieve(size)))
  size = math.floor(size / 2)
end
