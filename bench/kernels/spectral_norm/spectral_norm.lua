local function element(i, j)
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function times(v)
  local size = #v
  local out = {}
  for i = 0, size - 1 do
    local sum = 0.0
    for j = 0, size - 1 do sum = sum + element(i, j) * v[j + 1] end
    out[i + 1] = sum
  end
  return out
end

local function times_transposed(v)
  local size = #v
  local out = {}
  for i = 0, size - 1 do
    local sum = 0.0
    for j = 0, size - 1 do sum = sum + element(j, i) * v[j + 1] end
    out[i + 1] = sum
  end
  return out
end

local function square_root(v)
  local r = v
  for _ = 1, 40 do r = 0.5 * (r + v / r) end
  return r
end

local n = math.floor(tonumber(arg[1] or 650))
local u = {}
for i = 1, n do u[i] = 1.0 end
local v
for _ = 1, 10 do
  v = times_transposed(times(u))
  u = times_transposed(times(v))
end
local uv, vv = 0.0, 0.0
for i = 1, n do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%d", math.floor(square_root(uv / vv) * 1000000000.0)))
