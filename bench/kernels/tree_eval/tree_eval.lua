local function draw(seed)
  seed[1] = seed[1] * 16807 % 2147483647
  return math.floor(seed[1] / 1024)
end

local function grow(depth, seed)
  local kind = draw(seed) % 8
  if depth == 0 or kind == 7 then
    local leaf = draw(seed)
    if leaf % 2 == 0 then return { kind = "number", value = leaf % 1000 } end
    return { kind = "param", index = leaf % 4 }
  end
  local a = grow(depth - 1, seed)
  local b = grow(depth - 1, seed)
  if kind < 3 then return { kind = "add", left = a, right = b } end
  if kind < 4 then return { kind = "sub", left = a, right = b } end
  if kind < 6 then return { kind = "mul", left = a, right = b } end
  return { kind = "choose", test = a, yes = b, no = grow(depth - 1, seed) }
end

local function value(e, params)
  local kind = e.kind
  if kind == "number" then
    return e.value
  elseif kind == "param" then
    return params[e.index + 1]
  elseif kind == "add" then
    return (value(e.left, params) + value(e.right, params)) % 1000003
  elseif kind == "sub" then
    return (value(e.left, params) - value(e.right, params) + 1000003) % 1000003
  elseif kind == "mul" then
    return value(e.left, params) * value(e.right, params) % 1000003
  elseif value(e.test, params) % 2 == 0 then
    return value(e.yes, params)
  end
  return value(e.no, params)
end

local function size(e)
  local kind = e.kind
  if kind == "number" or kind == "param" then
    return 1
  elseif kind == "choose" then
    return 1 + size(e.test) + size(e.yes) + size(e.no)
  end
  return 1 + size(e.left) + size(e.right)
end

local n = math.floor(tonumber(arg[1] or 900))
local tree = grow(15, { 12345 })
local checksum = 0
for k = 0, n - 1 do
  local params = { k, k * 7 + 1, k * k % 1000, 1000 - k }
  checksum = (checksum * 31 + value(tree, params)) % 1000003
end
print(string.format("%d %d", size(tree), checksum))
