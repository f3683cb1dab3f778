local function make(count)
  local particles = {}
  local seed = 11
  for i = 0, count - 1 do
    seed = seed * 16807 % 2147483647
    local x = seed % 1000
    seed = seed * 16807 % 2147483647
    local y = seed % 1000
    local mass = 1.0 + (i % 5) * 0.25
    particles[i + 1] = { x = x, y = y, vx = 500.0 - x, vy = y - 500.0, mass = mass, bounces = 0 }
  end
  return particles
end

local function pull(particles, dt)
  local count = #particles
  for i = 1, count do
    local p = particles[i]
    local q = particles[i == count and 1 or i + 1]
    local fx = (q.x - p.x) * 0.01
    local fy = (q.y - p.y) * 0.01
    p.vx = p.vx + fx / p.mass * dt
    p.vy = p.vy + (fy / p.mass - 9.81) * dt
    q.vx = q.vx - fx / q.mass * dt
    q.vy = q.vy - fy / q.mass * dt
  end
end

local function drift(particles, dt)
  for i = 1, #particles do
    local p = particles[i]
    p.x = p.x + p.vx * dt
    p.y = p.y + p.vy * dt
    if p.x < 0.0 or p.x > 1000.0 then
      p.vx = p.vx * -0.9
      p.bounces = p.bounces + 1
      p.x = p.x < 0.0 and 0.0 or 1000.0
    end
    if p.y < 0.0 or p.y > 1000.0 then
      p.vy = p.vy * -0.9
      p.bounces = p.bounces + 1
      p.y = p.y < 0.0 and 0.0 or 1000.0
    end
  end
end

local n = math.floor(tonumber(arg[1] or 6000))
local particles = make(1000)
for _ = 1, n do
  pull(particles, 0.01)
  drift(particles, 0.01)
end
local bounces, energy = 0, 0.0
for _, p in ipairs(particles) do
  bounces = bounces + p.bounces
  energy = energy + 0.5 * p.mass * (p.vx * p.vx + p.vy * p.vy) + p.mass * 9.81 * p.y
end
print(string.format("%d %d", bounces, math.floor(energy * 1000.0)))
