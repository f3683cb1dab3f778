local floor = math.floor

local function push(heap, entry)
  local entries = heap.entries
  local at = heap.size
  heap.size = at + 1
  while at > 0 do
    local parent = floor((at - 1) / 2)
    if entries[parent + 1] <= entry then break end
    entries[at + 1] = entries[parent + 1]
    at = parent
  end
  entries[at + 1] = entry
end

local function pop(heap)
  local entries = heap.entries
  local top = entries[1]
  local size = heap.size - 1
  heap.size = size
  local entry = entries[size + 1]
  local at = 0
  while true do
    local child = 2 * at + 1
    if child >= size then break end
    if child + 1 < size and entries[child + 2] < entries[child + 1] then child = child + 1 end
    if entry <= entries[child + 1] then break end
    entries[at + 1] = entries[child + 1]
    at = child
  end
  entries[at + 1] = entry
  return top
end

local function distances(weights, side)
  local cells = side * side
  local dist = {}
  for i = 1, cells do dist[i] = 1000000000 end
  local steps = { -1, 1, -side, side }
  local heap = { entries = {}, size = 0 }
  dist[1] = 0
  push(heap, 0)
  while heap.size > 0 do
    local entry = pop(heap)
    local cell = entry % cells
    local d = floor(entry / cells)
    if d == dist[cell + 1] then
      local column = cell % side
      for k = 1, 4 do
        local next_cell = cell + steps[k]
        if next_cell >= 0 and next_cell < cells and not (k == 1 and column == 0)
          and not (k == 2 and column == side - 1) then
          local longer = d + weights[next_cell + 1]
          if longer < dist[next_cell + 1] then
            dist[next_cell + 1] = longer
            push(heap, longer * cells + next_cell)
          end
        end
      end
    end
  end
  return dist
end

local n = floor(tonumber(arg[1] or 900))
local seed = 7
local weights = {}
for i = 1, n * n do
  seed = seed * 16807 % 2147483647
  weights[i] = 1 + seed % 100
end
local dist = distances(weights, n)
local checksum = 0
for _, d in ipairs(dist) do checksum = (checksum * 31 + d) % 1000000007 end
print(string.format("%d %d", dist[n * n], checksum))
