-- Sends the requests of a file over and over, or each of them once (`once`), and prints what wrk knows
-- at the end as JSON. The file holds each request as its length in bytes, a line end, and its bytes.

local ffi = require('ffi')
ffi.cdef('int kill(int pid, int signal); int getpid(void);')

local TICKS_A_SECOND = 100
local SIGINT = 2

-- Processor seconds of this process so far, or nil.
local function processorSeconds()
  local file = io.open('/proc/self/stat')
  if not file then return nil end
  local fields = {}
  for field in file:read('*a'):match('%)%s(.*)$'):gmatch('%S+') do fields[#fields + 1] = field end
  file:close()
  return (tonumber(fields[12]) + tonumber(fields[13])) / TICKS_A_SECOND
end

local requests, position, once, started = {}, 0, false, nil

function init(arguments)
  local file = assert(io.open(arguments[1], 'rb'))
  while true do
    local line = file:read('*l')
    if not line then break end
    requests[#requests + 1] = file:read(tonumber(line))
  end
  file:close()
  once = arguments[2] == 'once'
  -- wrk asks for one request beforehand, to see whether it is a pipeline.
  position = -1
end

function request()
  position = position + 1
  if once and position == #requests + 1 then
    -- Stopping the thread alone would leave wrk waiting for the end of its duration.
    ffi.C.kill(ffi.C.getpid(), SIGINT)
    wrk.thread:stop()
  end
  return requests[math.max(position - 1, 0) % #requests + 1]
end

-- The state that calls done() has read this file when wrk began.
started = processorSeconds()

function done(summary, latency)
  local ended = processorSeconds()
  local busy = started and ended and string.format('%.3f', (ended - started) / (summary.duration / 1e6))
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"refused":%d,"broken":%d,"busy":%s}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, busy or 'null'))
end
