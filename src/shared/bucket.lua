-- A token bucket by reservation, as in fetch/token_bucket.rs, for every process that names the same key.
-- Times are microseconds. The bucket has a clock of its own, which stands still during a pause and goes slower
-- after a throttle; `shown` is what it shows at the server's time `since`.
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

local names = {
  'beat', 'shown', 'since', 'speed', 'began', 'pause_end', 'volleys', 'paused', 'good',
  'volley_throttled', 'volley_good', 'volley_lower', 'volley_same', 'last',
}
local kept = redis.call('HMGET', KEYS[1], unpack(names))
local b = {}
if kept[1] then
  for i, name in ipairs(names) do b[name] = tonumber(kept[i]) end
  local put_back = b.last - now
  if put_back > 0 then -- the server's clock was set
    for _, name in ipairs({'since', 'began', 'pause_end'}) do b[name] = b[name] - put_back end
  end
else
  for _, name in ipairs(names) do b[name] = 0 end
  b.since, b.pause_end, b.speed, b.volley_lower, b.volley_same = now, now, 1, 1, 1
  if has_asked == 1 then -- the server forgot, and nobody knows what was sent: there is nothing to give at once
    b.beat, b.speed = ahead + interval, known_speed
    was_away = 1
  end
end

-- Whoever writes to the server is not believed beyond what a bucket can say: an hour ahead, no more.
local HOUR = 3600000000
local function within(value, low, high)
  if value == nil or value ~= value then return low end
  return math.max(low, math.min(value, high))
end
b.speed = within(b.speed, lowest_speed, 1)
b.pause_end = within(b.pause_end, 0, now + HOUR)
b.since = within(b.since, now - HOUR, math.max(now, b.pause_end))
b.began = within(b.began, 0, now)
b.shown = within(b.shown, 0, 1e15)
b.beat = within(b.beat, 0, b.shown + math.max(0, now - b.since) + ahead + HOUR)
b.volley_lower = within(b.volley_lower, lowest_speed, 1)
b.volley_same = within(b.volley_same, lowest_speed, 1)
for _, name in ipairs({'volleys', 'paused', 'good', 'volley_throttled', 'volley_good'}) do
  b[name] = within(b[name], 0, 1e12)
end

local function clock()
  return b.shown + math.max(0, now - b.since) * b.speed
end
local function set_clock()
  b.shown = clock()
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
    local rested = math.max(0, now - b.since)
    set_clock()
    b.speed = math.min(1, b.speed + rested / recovery)
  end
end

-- Up to `wanted` turns that are due within `horizon`: how long the pause going on still is, the speed, when the
-- next one is due, and these.
local function take(wanted, horizon)
  local answer = {math.ceil(math.max(0, b.pause_end - now)), math.floor(b.speed * 1000000), 0}
  while true do
    local shows = clock()
    local beat = math.max(b.beat, shows)
    local turn = math.max(beat - ahead, shows)
    local due = math.ceil(math.max(0, b.since + math.max(0, turn - b.shown) / b.speed - now))
    if #answer - 3 >= wanted or due > horizon then
      answer[3] = due
      return answer
    end
    b.beat = beat + interval
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
-- Once the rate has been won back and the bucket is full, a new one is the same.
local full = math.max(b.pause_end - now, 0) + math.max(b.beat - b.shown, 0) / b.speed + recovery
redis.call('PEXPIRE', KEYS[1], math.ceil(full / 1000))
return answer
