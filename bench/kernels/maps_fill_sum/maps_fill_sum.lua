local function int_keys(count)
  local m, size = {}, 0
  for i = 0, count - 1 do
    local k = i * 7919 % 2000003
    if m[k] == nil then size = size + 1 end
    m[k] = i
  end
  for i = 0, count - 1 do
    local k = i * 31 % 2000003
    if m[k] ~= nil then m[k] = m[k] + i end
  end
  local sum = 0
  for k = 0, count - 1 do
    if m[k] ~= nil then sum = (sum + m[k] * (k % 7)) % 1000000007 end
  end
  return (sum + size) % 1000000007
end

local function string_keys(count)
  local m, size = {}, 0
  local distinct_keys = math.floor(count / 4)
  for i = 0, count - 1 do
    local key = "k" .. (i * 17 % distinct_keys)
    if m[key] ~= nil then
      m[key] = m[key] + i % 10
    else
      m[key] = 1
      size = size + 1
    end
  end
  local sum = 0
  for i = 0, distinct_keys - 1 do sum = (sum + m["k" .. i] * (i % 7)) % 1000000007 end
  return (sum + size) % 1000000007
end

local n = math.floor(tonumber(arg[1] or 1500000))
print(string.format("%d %d", int_keys(n), string_keys(n)))
