"""What Redis does in one go: scripts in Lua over a session's row and the sets of ids that name it.

All of it is given as ARGV and named from hex digits. Redis Cluster is not for this: a user's rows are not on one node.
"""

_ROW, _FAMILY, _USER = "hm3:session:", "hm3:family:", "hm3:user:"

# When a row has to go: at its end, or when its session rested for too long. A minute is for clocks that differ.
_LIFE = f"""
local function row(id) return '{_ROW}' .. id end
local function live(id, now, idle)
    local told = redis.call('HMGET', row(id), 'ends', 'last_seen')
    local rest = math.min(tonumber(told[1]) - now, tonumber(told[2]) + idle - now)
    redis.call('EXPIRE', row(id), math.max(rest, 0) + 60)
end
"""

# ARGV from `first`: now, idle, id, family, user, life, and the row's fields with their values.
_KEEP = (
    _LIFE
    + f"""
local function keep(first)
    local now, idle, id, family, user, life = unpack(ARGV, first, first + 5)
    redis.call('HSET', row(id), unpack(ARGV, first + 6))
    live(id, tonumber(now), tonumber(idle))
    for _, set in ipairs({{'{_FAMILY}' .. family, '{_USER}' .. user}}) do
        for _, known in ipairs(redis.call('SMEMBERS', set)) do
            if redis.call('EXISTS', row(known)) == 0 then redis.call('SREM', set, known) end
        end
        redis.call('SADD', set, id)
        local rest = tonumber(life) + 60
        if redis.call('TTL', set) < rest then redis.call('EXPIRE', set, rest) end
    end
    return 1
end
"""
)

ADD = _KEEP + "return keep(1)"

# ARGV: the id of the row before, when that one ends, and the rest as above.
SUCCEED = (
    _KEEP
    + """
if redis.call('EXISTS', row(ARGV[1])) == 0 then return 0 end
redis.call('HSET', row(ARGV[1]), 'ends', ARGV[2])
live(ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]))
return keep(3)
"""
)

# ARGV: now, idle, id, when it was active last, the version that is there, the new version, the new blob.
REPLACE = (
    _LIFE
    + """
if redis.call('HGET', row(ARGV[3]), 'version') ~= ARGV[5] then return 0 end
redis.call('HSET', row(ARGV[3]), 'last_seen', ARGV[4], 'version', ARGV[6], 'blob', ARGV[7])
live(ARGV[3], tonumber(ARGV[1]), tonumber(ARGV[2]))
return 1
"""
)

# ARGV: now, idle, id, when it was active last.
TOUCH = (
    _LIFE
    + """
if redis.call('EXISTS', row(ARGV[3])) == 0 then return 0 end
redis.call('HSET', row(ARGV[3]), 'last_seen', ARGV[4])
live(ARGV[3], tonumber(ARGV[1]), tonumber(ARGV[2]))
return 1
"""
)

DROP_FAMILY = f"""
local family, dropped = '{_FAMILY}' .. ARGV[1], 0
for _, id in ipairs(redis.call('SMEMBERS', family)) do
    local row = '{_ROW}' .. id
    local user = redis.call('HGET', row, 'user_ref')
    if user then redis.call('SREM', '{_USER}' .. user, id) end
    dropped = dropped + redis.call('DEL', row)
end
redis.call('DEL', family)
return dropped
"""

OF_USER = f"""
local user, found = '{_USER}' .. ARGV[1], {{}}
for _, id in ipairs(redis.call('SMEMBERS', user)) do
    local told = redis.call('HGETALL', '{_ROW}' .. id)
    if #told == 0 then redis.call('SREM', user, id) else table.insert(found, {{id, told}}) end
end
return found
"""

ALL = (ADD, SUCCEED, REPLACE, TOUCH, DROP_FAMILY, OF_USER)


def family_key(family: str) -> str:
    """The name that the set of a session's rows has in Redis."""
    return f"{_FAMILY}{family}"


def row_key(id: str) -> str:
    """The name that a row has in Redis."""
    return f"{_ROW}{id}"
