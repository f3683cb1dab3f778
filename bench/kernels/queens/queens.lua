local function all_free(count)
  local free = {}
  for i = 1, count do free[i] = true end
  return free
end

local function place(board, row, size)
  if row > size then return 1 end
  local columns, rising, falling = board.columns, board.rising, board.falling
  local ways = 0
  for column = 1, size do
    local up = row + column - 1
    local down = row - column + size
    if columns[column] and rising[up] and falling[down] then
      columns[column] = false
      rising[up] = false
      falling[down] = false
      ways = ways + place(board, row + 1, size)
      columns[column] = true
      rising[up] = true
      falling[down] = true
    end
  end
  return ways
end

local n = math.floor(tonumber(arg[1] or 13))
local board = { columns = all_free(n), rising = all_free(2 * n), falling = all_free(2 * n) }
print(string.format("%d", place(board, 1, n)))
