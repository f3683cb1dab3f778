local function fannkuch(size)
  local perm, start, count = {}, {}, {}
  for i = 0, size - 1 do
    perm[i] = 0
    start[i] = i
    count[i] = 0
  end
  local max_flips, checksum, sign, r = 0, 0, 1, size
  while true do
    while r ~= 1 do
      count[r - 1] = r
      r = r - 1
    end
    for i = 0, size - 1 do perm[i] = start[i] end
    local flips = 0
    local k = perm[0]
    while k ~= 0 do
      local low, high = 0, k
      while low < high do
        perm[low], perm[high] = perm[high], perm[low]
        low = low + 1
        high = high - 1
      end
      flips = flips + 1
      k = perm[0]
    end
    if flips > max_flips then max_flips = flips end
    checksum = checksum + sign * flips
    sign = -sign
    while true do
      if r == size then
        print(string.format("%d %d", checksum, max_flips))
        return
      end
      local head = start[0]
      for i = 0, r - 1 do start[i] = start[i + 1] end
      start[r] = head
      count[r] = count[r] - 1
      if count[r] > 0 then break end
      r = r + 1
    end
  end
end

fannkuch(math.floor(tonumber(arg[1] or 10)))
