local floor = math.floor

local function generate_text(words)
  local syllables = { "ba", "ke", "lo", "mi", "nu", "ra", "se", "ti" }
  local separators = { " ", " ", "\n", ", ", " ", ". " }
  local seed = 42
  local parts = {}
  for _ = 1, words do
    seed = seed * 16807 % 2147483647
    local rest = seed % 4096
    parts[#parts + 1] = syllables[rest % 8 + 1]
    rest = floor(rest / 8)
    while rest > 7 do
      parts[#parts + 1] = syllables[rest % 8 + 1]
      rest = floor(rest / 8)
    end
    parts[#parts + 1] = separators[floor(seed / 4096) % 6 + 1]
  end
  return table.concat(parts)
end

local function count_words(text)
  local counts = {}
  local start = 1
  for i = 1, #text do
    local c = text:sub(i, i)
    if c < "a" or c > "z" then
      if i > start then
        local word = text:sub(start, i - 1)
        counts[word] = (counts[word] or 0) + 1
      end
      start = i + 1
    end
  end
  return counts
end

local n = floor(tonumber(arg[1] or 2000000))
local counts = count_words(generate_text(n))
local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words)
local top, most, checksum = "", 0, 0
for rank, word in ipairs(words) do
  local times = counts[word]
  if times > most then
    most = times
    top = word
  end
  checksum = (checksum + times * rank) % 1000000007
end
print(string.format("%d %s %d %d", #words, top, most, checksum))
