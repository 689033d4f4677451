#!lua name=peer
-- Authorize and capture, as little as does the job: an account is a hash of free (f) and held (h) credits; a request's key holds
-- its outcome for an hour, and an authorize's key is also its hold: "ACCOUNT-KEY AMOUNT", and "done" once it is captured.

-- KEYS: account, request. ARGS: amount. Returns 1 granted, 0 denied.
local function authorize(keys, args)
  local before = redis.call('GET', keys[2])
  if before then return before == 'no' and 0 or 1 end
  local amount = args[1]
  local free = redis.call('HGET', keys[1], 'f')
  if not free or tonumber(free) < tonumber(amount) then
    redis.call('SET', keys[2], 'no', 'EX', 3600)
    return 0
  end
  redis.call('HINCRBY', keys[1], 'f', -tonumber(amount))
  redis.call('HINCRBY', keys[1], 'h', amount)
  redis.call('SET', keys[2], keys[1] .. ' ' .. amount, 'EX', 3600)
  return 1
end

-- KEYS: request, hold. Returns 1 captured, 0 no such hold.
local function capture(keys)
  local before = redis.call('GET', keys[1])
  if before then return before == 'no' and 0 or 1 end
  local hold = redis.call('GET', keys[2])
  local account, amount
  if hold then account, amount = string.match(hold, '^(%S+) (%d+)$') end
  if not account then
    redis.call('SET', keys[1], 'no', 'EX', 3600)
    return 0
  end
  redis.call('HINCRBY', account, 'h', -tonumber(amount))
  redis.call('SET', keys[2], 'done', 'KEEPTTL')
  redis.call('SET', keys[1], 'yes', 'EX', 3600)
  return 1
end

-- KEYS: none. ARGS: first account, how many, credits.
local function fund(_, args)
  for number = tonumber(args[1]), tonumber(args[1]) + tonumber(args[2]) - 1 do
    redis.call('HSET', 'a:' .. string.format('%d', number), 'f', args[3], 'h', '0')
  end
  return 1
end

redis.register_function('authorize', authorize)
redis.register_function('capture', capture)
redis.register_function('fund', fund)
