local function make(depth)
  if depth == 0 then return { left = nil, right = nil } end
  return { left = make(depth - 1), right = make(depth - 1) }
end

local function check(tree)
  if tree ~= nil then return 1 + check(tree.left) + check(tree.right) end
  return 0
end

local n = math.floor(tonumber(arg[1] or 15))
local min_depth = 4
local max_depth = math.max(min_depth + 2, n)
print(string.format("stretch tree of depth %d check: %d", max_depth + 1, check(make(max_depth + 1))))
local long_lived = make(max_depth)
local iterations = 1
for _ = 1, max_depth do iterations = iterations * 2 end
for depth = min_depth, max_depth, 2 do
  local sum = 0
  for _ = 1, iterations do sum = sum + check(make(depth)) end
  print(string.format("%d trees of depth %d check: %d", iterations, depth, sum))
  iterations = math.floor(iterations / 4)
end
print(string.format("long lived tree of depth %d check: %d", max_depth, check(long_lived)))
