local function body(x, y, z, vx, vy, vz, mass)
  local days = 365.24
  local solar = 39.47841760435743
  return { x = x, y = y, z = z, vx = vx * days, vy = vy * days, vz = vz * days, mass = mass * solar }
end

local function system()
  return {
    body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    body(4.841431442464721, -1.1603200440274284, -0.10362204447112311,
      0.001660076642744037, 0.007699011184197404, -0.0000690460016972063, 0.0009547919384243266),
    body(8.34336671824458, 4.124798564124305, -0.4035234171143214,
      -0.002767425107268624, 0.004998528012349172, 0.00002304172975737639, 0.0002858859806661308),
    body(12.894369562139131, -15.111151401698631, -0.22330757889265573,
      0.002964601375647616, 0.0023784717395948095, -0.000029658956854023756, 0.00004366244043351563),
    body(15.379697114850917, -25.919314609987964, 0.17925877295037118,
      0.0026806777249038932, 0.001628241700382423, -0.00009515922545197159, 0.00005151389020466115),
  }
end

local function square_root(v, guess)
  local r = guess
  r = 0.5 * (r + v / r)
  r = 0.5 * (r + v / r)
  r = 0.5 * (r + v / r)
  return r
end

local function offset_momentum(bodies)
  local px, py, pz = 0.0, 0.0, 0.0
  for i = 1, #bodies do
    local b = bodies[i]
    px = px + b.vx * b.mass
    py = py + b.vy * b.mass
    pz = pz + b.vz * b.mass
  end
  local sun = bodies[1]
  sun.vx = 0.0 - px / sun.mass
  sun.vy = 0.0 - py / sun.mass
  sun.vz = 0.0 - pz / sun.mass
end

local function first_distances(bodies)
  local distances = {}
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local d = d2
      for _ = 1, 10 do d = square_root(d2, d) end
      distances[#distances + 1] = d
    end
  end
  return distances
end

local function energy(bodies, distances)
  local e = 0.0
  local pair = 1
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / square_root(dx * dx + dy * dy + dz * dz, distances[pair])
      pair = pair + 1
    end
  end
  return e
end

local function advance(bodies, distances, dt)
  local pair = 1
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local d = square_root(d2, distances[pair])
      distances[pair] = d
      pair = pair + 1
      local mag = dt / (d2 * d)
      local ma, mb = a.mass * mag, b.mass * mag
      a.vx = a.vx - dx * mb
      a.vy = a.vy - dy * mb
      a.vz = a.vz - dz * mb
      b.vx = b.vx + dx * ma
      b.vy = b.vy + dy * ma
      b.vz = b.vz + dz * ma
    end
  end
  for i = 1, count do
    local b = bodies[i]
    b.x = b.x + dt * b.vx
    b.y = b.y + dt * b.vy
    b.z = b.z + dt * b.vz
  end
end

local function trunc(x)
  if x < 0 then return math.ceil(x) end
  return math.floor(x)
end

local n = math.floor(tonumber(arg[1] or 400000))
local bodies = system()
offset_momentum(bodies)
local distances = first_distances(bodies)
print(string.format("%d", trunc(energy(bodies, distances) * 1000000000.0)))
for _ = 1, n do advance(bodies, distances, 0.01) end
print(string.format("%d", trunc(energy(bodies, distances) * 1000000000.0)))
