local floor = math.floor

local n = floor(tonumber(arg[1] or 1000000))
local by_name, by_number, groups = {}, {}, {}
local seed = 42
for i = 0, n - 1 do
  seed = seed * 16807 % 2147483647
  local name = string.format("item%d", seed % 5000)
  by_name[name] = (by_name[name] or 0) + 1
  local number = seed % 100003
  by_number[number] = (by_number[number] or 0) + seed % 10
  local group = seed % 1000
  local items = groups[group]
  if items then
    items[#items + 1] = i
  else
    groups[group] = { i }
  end
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local names, numbers, keys = sorted_keys(by_name), sorted_keys(by_number), sorted_keys(groups)
local checksum = 0
for _, name in ipairs(names) do
  checksum = (checksum * 31 + by_name[name] + #name) % 1000000007
end
for _, number in ipairs(numbers) do
  checksum = (checksum * 31 + by_number[number] + number) % 1000000007
end
for _, group in ipairs(keys) do
  local items = groups[group]
  checksum = (checksum * 31 + #items + items[1] + items[#items]) % 1000000007
end
print(string.format("%d %d %d %d", #names, #numbers, #keys, checksum))
