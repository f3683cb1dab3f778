local function letters(count, start)
  local alphabet = "acgt"
  local seed = start
  local parts = {}
  for i = 1, count do
    seed = seed * 16807 % 2147483647
    local k = math.floor(seed / 65536) % 4 + 1
    parts[i] = alphabet:sub(k, k)
  end
  return table.concat(parts)
end

local function lcs_table(a, b)
  local columns = #b
  local first_row = {}
  for j = 0, columns do first_row[j] = 0 end
  local rows = { [0] = first_row }
  for i = 1, #a do
    local above = rows[i - 1]
    local c = a:byte(i)
    local row = { [0] = 0 }
    for j = 1, columns do
      if c == b:byte(j) then
        row[j] = above[j - 1] + 1
      elseif above[j] >= row[j - 1] then
        row[j] = above[j]
      else
        row[j] = row[j - 1]
      end
    end
    rows[i] = row
  end
  return rows
end

local function walk_back(rows, a, b)
  local i, j = #a, #b
  local checksum = 0
  while i > 0 and j > 0 do
    if a:byte(i) == b:byte(j) then
      checksum = (checksum * 31 + i + j) % 1000003
      i = i - 1
      j = j - 1
    elseif rows[i - 1][j] >= rows[i][j - 1] then
      i = i - 1
    else
      j = j - 1
    end
  end
  return checksum
end

local n = math.floor(tonumber(arg[1] or 2500))
for round = 1, 3 do
  local a = letters(n, round)
  local b = letters(n, round * 1000)
  local rows = lcs_table(a, b)
  print(string.format("%d %d", rows[n][n], walk_back(rows, a, b)))
end
