local function steps(cr, ci)
  local zr, zi = 0.0, 0.0
  for k = 0, 49 do
    local r2 = zr * zr
    local i2 = zi * zi
    if r2 + i2 > 4.0 then return k end
    zi = 2.0 * zr * zi + ci
    zr = r2 - i2 + cr
  end
  return 50
end

local n = math.floor(tonumber(arg[1] or 1000))
local inside, checksum = 0, 0
for y = 0, n - 1 do
  local ci = 2.0 * y / n - 1.0
  for x = 0, n - 1 do
    local cr = 2.0 * x / n - 1.5
    local k = steps(cr, ci)
    if k == 50 then inside = inside + 1 end
    checksum = (checksum * 31 + k) % 1000003
  end
end
print(string.format("%d %d", inside, checksum))
