local function build(count)
  local pieces = { "ab", "c;", "d", "ef ", "g,", "hij", "k" }
  local parts = {}
  for i = 0, count - 1 do parts[#parts + 1] = pieces[i % 7 + 1] end
  return table.concat(parts)
end

local function scan(text)
  local vowels, marks, spread = 0, 0, 0
  for i = 0, #text - 1 do
    local c = text:sub(i + 1, i + 1)
    if c == "a" or c == "e" or c == "i" then
      vowels = vowels + 1
      spread = (spread + i) % 1000003
    elseif c == ";" or c == "," or c == " " then
      marks = marks + 1
    end
  end
  return vowels * 3 + marks + spread
end

local n = math.floor(tonumber(arg[1] or 9000000))
local text = build(n)
print(string.format("%d %d", #text, scan(text)))
