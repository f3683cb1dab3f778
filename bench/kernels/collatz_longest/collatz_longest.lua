local floor = math.floor

local function chain_length(start)
  local k = start
  local steps = 1
  while k ~= 1 do
    if k % 2 == 0 then
      k = floor(k / 2)
    else
      k = 3 * k + 1
    end
    steps = steps + 1
  end
  return steps
end

local n = floor(tonumber(arg[1] or 400000))
local best, longest = 1, 1
for start = 1, n - 1 do
  local steps = chain_length(start)
  if steps > longest then
    longest = steps
    best = start
  end
end
print(string.format("%d %d", best, longest))
