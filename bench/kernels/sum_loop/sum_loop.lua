local function sum_squares(limit)
  local sum = 0
  local i = 0
  while i < limit do
    sum = (sum + i * i) % 1000003
    i = i + 1
  end
  return sum
end

local n = math.floor(tonumber(arg[1] or 40000000))
print(string.format("%d", sum_squares(n)))
