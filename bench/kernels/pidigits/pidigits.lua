local n = tonumber(arg[1]) or 6000

-- A number is a table of digits in base 10^7, lowest first.
local BASE = 10000000

local function mul(a, small)
  local carry = 0
  for i = 1, #a do
    local x = a[i] * small + carry
    carry = math.floor(x / BASE)
    a[i] = x - carry * BASE
  end
  while carry > 0 do
    local rest = math.floor(carry / BASE)
    a[#a + 1] = carry - rest * BASE
    carry = rest
  end
end

-- a + b * small
local function add_times(a, b, small)
  local carry = 0
  local i = 1
  while i <= #b or carry > 0 do
    local x = (a[i] or 0) + (b[i] or 0) * small + carry
    carry = math.floor(x / BASE)
    a[i] = x - carry * BASE
    i = i + 1
  end
end

-- a - b * small, which is not negative
local function sub_times(a, b, small)
  local borrow = 0
  local i = 1
  while i <= #b or borrow > 0 do
    local x = (a[i] or 0) - (b[i] or 0) * small - borrow
    borrow = 0
    if x < 0 then
      borrow = math.ceil(-x / BASE)
      x = x + borrow * BASE
    end
    a[i] = x
    i = i + 1
  end
  while #a > 0 and a[#a] == 0 do
    a[#a] = nil
  end
end

local function at_most(a, b)
  if #a ~= #b then
    return #a < #b
  end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then
      return a[i] < b[i]
    end
  end
  return true
end

local low, range, den = { 3 }, { 1 }, { 1 }

-- (low + range * times) / den
local function digit(times)
  local t = {}
  for i = 1, #low do
    t[i] = low[i]
  end
  add_times(t, range, times)
  local d = 0
  while at_most(den, t) do
    sub_times(t, den, 1)
    d = d + 1
  end
  return d
end

local k, produced, hash = 0, 0, 0
while produced < n do
  k = k + 1
  mul(low, 2 * k + 1)
  add_times(low, range, k - 1)
  mul(den, 2 * k + 1)
  mul(range, k)
  if not at_most(den, range) then
    local d = digit(0)
    if digit(1) == d then
      hash = (hash * 31 + d) % 1000000007
      produced = produced + 1
      sub_times(low, den, d)
      mul(low, 10)
      mul(range, 10)
    end
  end
end
print(string.format("%d %d", k, hash))
