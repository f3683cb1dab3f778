local floor = math.floor

local function generate_log(lines)
  local users = { "ann", "bob", "carol", "dave", "eve" }
  local verbs = { "read", "write", "open", "close", "seek", "stat", "error" }
  local seed = 42
  local out = {}
  for i = 1, lines do
    seed = seed * 16807 % 2147483647
    local user = users[seed % 5 + 1]
    local verb = verbs[floor(seed / 5) % 7 + 1]
    out[i] = string.format("  user=%s; action=%s; file=/users/%s/%d.txt; size=%d ", user, verb, user, seed % 1000, seed % 4096)
  end
  return table.concat(out, "\n")
end

local function split(text, sep)
  local pieces = {}
  local from = 1
  while true do
    local at, stop = text:find(sep, from, true)
    if not at then break end
    pieces[#pieces + 1] = text:sub(from, at - 1)
    from = stop + 1
  end
  pieces[#pieces + 1] = text:sub(from)
  return pieces
end

local function field(part)
  return part:sub(part:find("=", 1, true) + 1)
end

-- Zero-based, -1 when absent, as in the other versions.
local function index_of(text, part)
  return (text:find(part, 1, true) or 0) - 1
end

local n = floor(tonumber(arg[1] or 300000))
local log = generate_log(n)
local reports = {}
local total, errors = 0, 0
for _, line in ipairs(split(log, "\n")) do
  local parts = split(line:match("^%s*(.-)%s*$"), "; ")
  local user = field(parts[1]):upper()
  local path = field(parts[3]):gsub("/", "\\")
  local size = floor(tonumber(field(parts[4])))
  total = total + size
  if parts[2]:find("error", 1, true) then errors = errors + 1 end
  if size > 2048 then reports[#reports + 1] = string.format("%6d %s %s", size, user, path) end
end
local report = table.concat(reports, "\n")
local checksum = 0
for _, line in ipairs(split(report, "\n")) do
  checksum = (checksum * 31 + #line + index_of(line, "HOME") + index_of(line, "txt")) % 1000000007
end
print(string.format("%d %d %d %d %d %s", total, errors, #reports, #report, checksum, report:sub(1, 20):lower()))
