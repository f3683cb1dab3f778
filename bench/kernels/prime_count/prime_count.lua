local function is_prime(k)
  if k < 2 then return false end
  if k % 2 == 0 then return k == 2 end
  local d = 3
  while d * d <= k do
    if k % d == 0 then return false end
    d = d + 2
  end
  return true
end

local n = math.floor(tonumber(arg[1] or 1500000))
local count, last = 0, 0
for k = 0, n - 1 do
  if is_prime(k) then
    count = count + 1
    last = k
  end
end
print(string.format("%d %d", count, last))
