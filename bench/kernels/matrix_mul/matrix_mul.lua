local function matrix(size, shift)
  local scale = 1.0 / size / size
  local rows = {}
  for i = 0, size - 1 do
    local row = {}
    for j = 0, size - 1 do row[j + 1] = scale * (i - j) * (i + j + shift) end
    rows[i + 1] = row
  end
  return rows
end

local function multiply(a, b, size)
  local product = {}
  for i = 1, size do
    local row = a[i]
    local out = {}
    for j = 1, size do
      local sum = 0.0
      for k = 1, size do sum = sum + row[k] * b[k][j] end
      out[j] = sum
    end
    product[i] = out
  end
  return product
end

local function trunc(x)
  if x < 0 then return math.ceil(x) end
  return math.floor(x)
end

local n = math.floor(tonumber(arg[1] or 380))
local c = multiply(matrix(n, 0), matrix(n, 1), n)
local trace = 0.0
for i = 1, n do trace = trace + c[i][i] end
local half = math.floor(n / 2) + 1
print(string.format("%d %d", trunc(c[half][half] * 1000000000.0), trunc(trace * 1000000000.0)))
