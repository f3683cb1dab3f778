local function fib(k)
  if k < 2 then return k end
  return fib(k - 1) + fib(k - 2)
end

local n = math.floor(tonumber(arg[1] or 35))
print(string.format("%d", fib(n)))
