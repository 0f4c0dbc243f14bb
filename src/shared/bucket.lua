-- A token bucket by reservation, as in fetch/token_bucket.rs, for every process that names the same key.
-- Times are microseconds. The bucket has a clock of its own, which stands still during a pause and goes slower
-- after a throttle; `beat` is how far the next turn is ahead of that clock. Every call lets the clock run on to
-- the server's time, so no value grows with the age of the bucket, and none has to be bounded by it.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local next_argument = 0
local function argument()
  next_argument = next_argument + 1
  return tonumber(ARGV[next_argument])
end
local interval, ahead, lowest_speed = argument(), argument(), argument()
local first_pause, longest_pause, slower, recovery = argument(), argument(), argument(), argument()
local has_asked, was_away, known_pause, known_speed = argument(), argument(), argument(), argument()

local LONGEST_PAUSE = 30 * 24 * 3600 * 1000000 -- that anybody may report
local MOST = 2 ^ 53

local names = {
  'beat', 'since', 'speed', 'began', 'pause_end', 'volleys', 'paused', 'good',
  'volley_throttled', 'volley_good', 'volley_lower', 'volley_same', 'last',
}

-- What was kept. `nil`: nothing, or what no bucket can say, because somebody else wrote it.
local function kept()
  local values = redis.pcall('HMGET', KEYS[1], unpack(names))
  if values.err then -- not even a bucket
    redis.call('DEL', KEYS[1])
    return nil
  end
  local found = {}
  for i, name in ipairs(names) do
    local value = tonumber(values[i])
    if value == nil or value ~= value or math.abs(value) > MOST then return nil end
    found[name] = value
  end
  local put_back = found.last - now
  if put_back > 0 then -- the server's clock was set
    for _, name in ipairs({'since', 'began', 'pause_end'}) do found[name] = found[name] - put_back end
    found.last = now
  end
  if found.pause_end > now + LONGEST_PAUSE then return nil end
  return found
end

local function within(value, low, high)
  return math.max(low, math.min(value, high))
end

local b = kept()
if b then
  b.speed = within(b.speed, lowest_speed, 1)
  b.volley_lower = within(b.volley_lower, lowest_speed, 1)
  b.volley_same = within(b.volley_same, lowest_speed, 1)
  b.began = math.min(b.began, now)
  b.since = math.min(b.since, math.max(now, b.pause_end))
  local ran = math.max(0, now - math.max(b.last, b.pause_end))
  b.beat = math.max(0, b.beat - ran * b.speed)
else
  -- Nobody knows what was sent before: there is one turn, and none saved up; for who asked before, not even that.
  b = {}
  for _, name in ipairs(names) do b[name] = 0 end
  b.beat = ahead + has_asked * interval
  b.since, b.pause_end, b.speed, b.volley_lower, b.volley_same = now, now, 1, 1, 1
  if has_asked == 1 then
    b.speed = within(known_speed, lowest_speed, 1)
    was_away = 1
  end
end

-- From here on the rest before `now` counts no more towards winning back the rate.
local function set_clock()
  b.since = math.max(b.since, now)
end
local function set_volley_speed()
  b.speed = (b.volley_throttled > b.volley_good) and b.volley_lower or b.volley_same
end
local function pause(length)
  set_clock()
  b.pause_end = math.max(b.pause_end, now + length)
  b.since = math.max(b.since, b.pause_end)
end

local function throttled(sent, asked)
  local is_first = sent >= b.began
  local own = math.min(first_pause * 2 ^ math.min(b.volleys, 32), longest_pause)
  local length = asked
  if asked <= 0 then length = is_first and own or 0 end
  if is_first then
    local lower = math.max(b.speed * slower, lowest_speed)
    local taken = math.max(0, now - b.pause_end) + length
    if asked > 0 and b.good * interval >= lower * taken then lower = b.speed end
    b.volley_throttled, b.volley_good, b.volley_lower, b.volley_same = 0, 0, lower, b.speed
    b.volleys, b.paused, b.good, b.began = b.volleys + 1, b.paused + length, 0, now
  end
  if is_first or now < b.pause_end then
    b.volley_throttled = b.volley_throttled + 1
    set_clock()
    set_volley_speed()
  end
  if length > 0 then pause(length) end
  return {is_first and 1 or 0, math.ceil(length), math.ceil(b.paused)}
end

local function answered(sent)
  if sent < b.began then
    if now < b.pause_end then
      b.volley_good = b.volley_good + 1
      set_volley_speed()
    end
    return
  end
  b.volleys, b.paused, b.good = 0, 0, b.good + 1
  if b.speed < 1 then
    local rested = within(now - b.since, 0, recovery)
    set_clock()
    b.speed = math.min(1, b.speed + rested / recovery)
  end
end

-- Up to `wanted` turns that are due within `horizon`: how long the pause going on still is, the speed, when the
-- next one is due, and these.
local function take(wanted, horizon)
  if wanted > 0 then -- more than this was never lent; whoever wrote it costs a horizon
    b.beat = math.min(b.beat, ahead + interval + horizon)
  end
  local left = math.max(0, b.pause_end - now)
  local answer = {math.ceil(left), math.floor(b.speed * 1000000), 0}
  while true do
    local due = math.ceil(left + math.max(b.beat - ahead, 0) / b.speed)
    if #answer - 3 >= wanted or due > horizon then
      answer[3] = due
      return answer
    end
    b.beat = b.beat + interval
    answer[#answer + 1] = due
  end
end

if was_away == 1 and known_pause > 0 then pause(known_pause) end
local what = argument()
local answer
if what == 0 then
  local wanted, horizon = argument(), argument()
  while next_argument < #ARGV do answered(now - argument()) end
  answer = take(wanted, horizon)
elseif what == 1 then
  local age, asked = argument(), argument()
  answer = throttled(now - age, asked)
else
  pause(argument())
  answer = {}
end

b.last = now
local fields = {}
for _, name in ipairs(names) do
  fields[#fields + 1] = name
  fields[#fields + 1] = string.format('%.17g', b[name])
end
redis.call('HSET', KEYS[1], unpack(fields))
-- Once the rate has been won back, nothing of it is worth keeping.
local useful = math.max(b.pause_end - now, 0) + b.beat / b.speed + recovery
redis.call('PEXPIRE', KEYS[1], math.ceil(math.min(useful, LONGEST_PAUSE + recovery) / 1000))
return answer
