local floor = math.floor

local function make_sequence(length)
  local letters = "acgt"
  local below = { 0.302954942668, 0.5009432431601, 0.6984905497992, 1.0 }
  local seed = 42
  local parts = {}
  for i = 1, length do
    seed = (seed * 3877 + 29573) % 139968
    local r = seed / 139968
    local at = 1
    while r >= below[at] do at = at + 1 end
    parts[i] = letters:sub(at, at)
  end
  return table.concat(parts)
end

local function count_parts(sequence, size)
  local counts = {}
  local different = 0
  for i = 1, #sequence - size + 1 do
    local part = sequence:sub(i, i + size - 1)
    local count = counts[part]
    if count then
      counts[part] = count + 1
    else
      counts[part] = 1
      different = different + 1
    end
  end
  return counts, different
end

local n = floor(tonumber(arg[1] or 2500000))
local sequence = make_sequence(n)
local checksum = 0
for size = 1, 2 do
  local counts = count_parts(sequence, size)
  local parts = {}
  for part in pairs(counts) do parts[#parts + 1] = part end
  table.sort(parts)
  for _, part in ipairs(parts) do checksum = (checksum * 31 + counts[part]) % 1000000007 end
end
local different = 0
for _, part in ipairs({ "ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt" }) do
  local counts, count = count_parts(sequence, #part)
  different = different + count
  checksum = (checksum * 31 + (counts[part] or 0)) % 1000000007
end
print(string.format("%d %d", different, checksum))
