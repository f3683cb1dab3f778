local function adder(k)
  return function(x) return x + k end
end

local function scaler(k)
  return function(x) return x * k % 10007 end
end

local function compose(f, g)
  return function(x) return g(f(x)) end
end

local function counter(step)
  local total = 0
  return function()
    total = total + step
    return total
  end
end

local function apply(xs, f)
  local out = {}
  for _, x in ipairs(xs) do out[#out + 1] = f(x) end
  return out
end

local function keep(xs, wanted)
  local out = {}
  for _, x in ipairs(xs) do
    if wanted(x) then out[#out + 1] = x end
  end
  return out
end

local function fold(xs, f, start)
  local acc = start
  for _, x in ipairs(xs) do acc = f(acc, x) end
  return acc
end

local function run(rounds)
  local xs = {}
  for i = 0, 199 do xs[#xs + 1] = i end
  local tick = counter(3)
  local checksum = 0
  for round = 0, rounds - 1 do
    local stages = { adder(round), scaler(7), compose(adder(1), scaler(round % 13 + 1)) }
    local ys = xs
    for _, stage in ipairs(stages) do ys = apply(ys, stage) end
    local limit = tick() % 5000
    ys = keep(ys, function(y) return y > limit end)
    checksum = fold(ys, function(acc, y) return (acc * 31 + y + round) % 1000003 end, checksum)
  end
  return checksum + tick()
end

print(string.format("%d", run(math.floor(tonumber(arg[1] or 24000)))))
