local floor = math.floor

local width = 60
local seed = 42

local function random()
  seed = (seed * 3877 + 29573) % 139968
  return seed / 139968
end

local function repeated(source, length)
  local twice = source .. source
  local parts = { ">ONE repeated\n" }
  local at = 0
  local left = length
  while left > 0 do
    local size = math.min(left, width)
    parts[#parts + 1] = twice:sub(at + 1, at + size) .. "\n"
    at = (at + size) % #source
    left = left - size
  end
  return table.concat(parts)
end

local function limits(probabilities)
  local sums = {}
  local sum = 0
  for i, probability in ipairs(probabilities) do
    sum = sum + probability
    sums[i] = sum
  end
  return sums
end

local function drawn(title, letters, probabilities, length)
  local below = limits(probabilities)
  local last = #letters
  local parts = { title, "\n" }
  for i = 1, length do
    local r = random()
    local at = 1
    while at < last and r >= below[at] do at = at + 1 end
    parts[#parts + 1] = letters:sub(at, at)
    if i % width == 0 or i == length then parts[#parts + 1] = "\n" end
  end
  return table.concat(parts)
end

local function checksum(text)
  local alphabet = "\n >ABCDEGHKMNORSTVWYabcdegmnoprst"
  local sum = 0
  for i = 1, #text do
    sum = (sum * 31 + alphabet:find(text:sub(i, i), 1, true) - 1) % 1000000007
  end
  return sum
end

local n = floor(tonumber(arg[1] or 1000000))
local of_codes = { 0.27, 0.12, 0.12, 0.27, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02 }
local of_bases = { 0.302954942668, 0.1979883004921, 0.1975473066391, 0.3015094502008 }
local source = "TTGACCATGCAGGCTAACTTCCGGATTTACGCAGTCAAGGCGTTAACCTGATCGGATACTTGCAACGTCTAGGAC"
local one = repeated(source, n * 2)
local two = drawn(">TWO random codes", "acgtBDHKMNRSVWY", of_codes, n * 3)
local three = drawn(">THREE random bases", "acgt", of_bases, n * 5)
print(string.format("%d %d %d %d", #one, #two, #three, checksum(one .. two .. three)))
