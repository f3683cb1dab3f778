local floor = math.floor

local width = 60
local alphabet = "\nABCDGHKMNRSTVWY"

local function make_strand(length, first)
  local letters = "ACGTACGTACGTRYKMSWBDHVN"
  local seed = first
  local parts = {}
  for i = 1, length do
    seed = (seed * 3877 + 29573) % 139968
    local at = floor(seed / 7) % #letters + 1
    parts[#parts + 1] = letters:sub(at, at)
    if i % width == 0 or i == length then parts[#parts + 1] = "\n" end
  end
  return table.concat(parts)
end

local function complements()
  local letters, others = "ACGTRYKMSWBDHVN", "TGCAYRMKSWVHDBN"
  local complement = {}
  for i = 1, #letters do complement[letters:sub(i, i)] = others:sub(i, i) end
  return complement
end

local function reverse_complement(text, complement)
  local parts = {}
  local column = 0
  for i = #text, 1, -1 do
    local letter = text:sub(i, i)
    if letter ~= "\n" then
      parts[#parts + 1] = complement[letter]
      column = column + 1
      if column == width then
        parts[#parts + 1] = "\n"
        column = 0
      end
    end
  end
  if column > 0 then parts[#parts + 1] = "\n" end
  return table.concat(parts)
end

local n = floor(tonumber(arg[1] or 10000000))
local complement = complements()
local length, checksum = 0, 0
for first = 0, 9 do
  local strand = reverse_complement(make_strand(floor(n / 10), first), complement)
  length = length + #strand
  for i = 1, #strand do
    checksum = (checksum * 31 + alphabet:find(strand:sub(i, i), 1, true) - 1) % 1000000007
  end
end
print(string.format("%d %d", length, checksum))
