-- Asks Kansa's gate whether a Slurm job may run (OpenID AuthZEN 1.0, action `schedule`); used by job_submit.lua and by the prolog.
--
-- Silence is what the settings' `fail` says: "hold" (default), or "open", and then the bypass is spooled for the evidence log.
-- Needs Debian's lua-socket and lua-cjson, and lua-sec where the gate is asked over https.

local gate = {log = print}

local SETTINGS = debug.getinfo(1, "S").source:match("^@(.*/)") .. "kansa.lua"  -- beside this file

local function load_settings()
  local chunk, broken = loadfile(SETTINGS)
  if not chunk then return nil, broken end
  local ran, settings = pcall(chunk)
  if not ran then return nil, settings end
  if type(settings) ~= "table" or not settings.gate or not settings.cluster then
    return nil, "`" .. SETTINGS .. "` names no `gate` or no `cluster`"
  end
  return settings
end

local function read_token(path)
  local file = path and io.open(path)
  if not file then return nil end
  local token = file:read("*l")
  file:close()
  return token
end

-- One question over HTTP; returns the answer, or nil, why there is none, and whether the gate turned us away.
local function post(settings, question)
  local have_json, json = pcall(require, "cjson.safe")
  local have_http, http = pcall(require, "socket.http")
  local have_ltn12, ltn12 = pcall(require, "ltn12")
  if not (have_json and have_http and have_ltn12) then return nil, "lua-socket or lua-cjson is not installed" end
  local body, received = json.encode(question), {}
  local request = {
    url = settings.gate .. "/access/v1/evaluation",
    method = "POST",
    headers = {["content-type"] = "application/json", ["content-length"] = tostring(#body)},
    source = ltn12.source.string(body),
    sink = ltn12.sink.table(received),
  }
  local token = read_token(settings.token_file)
  if token then request.headers.authorization = "Bearer " .. token end
  if settings.language then request.headers["accept-language"] = settings.language end
  local client = http
  if settings.gate:match("^https:") then
    local have_tls, https = pcall(require, "ssl.https")
    if not have_tls then return nil, "lua-sec is not installed" end
    client, request.cafile, request.verify = https, settings.ca_file, "peer"
  end
  client.TIMEOUT = settings.timeout or 0.5
  local sent, status = client.request(request)
  if not sent then return nil, tostring(status) end
  if status ~= 200 then
    local refused = tonumber(status) and status >= 400 and status < 500
    return nil, "it answered " .. tostring(status), refused
  end
  local answer = json.decode(table.concat(received))
  if type(answer) ~= "table" or type(answer.decision) ~= "boolean" then return nil, "its answer cannot be read" end
  return answer
end

local spooled = 0

local function spool(settings, question, why)
  local have_json, json = pcall(require, "cjson.safe")
  local file = have_json and settings.spool and io.open(settings.spool, "a")
  if not file then return false end
  local reason = why:match("timeout") and "timeout" or why:match("^it answered") and "refused"
    or why:match("cannot be read") and "unreadable" or "unreachable"
  local at = os.date("!%Y-%m-%dT%H:%M:%S.000Z")
  spooled = spooled + 1  -- two jobs of one second are two lines
  local number = ("%d-%d-%d"):format(os.time(), os.clock() * 1e6, spooled)
  local line = json.encode({at = at, number = number, question = question, reason = reason, cause = why})
  local written = file:write(line, "\n") and file:flush()
  file:close()
  return written ~= nil
end

-- What becomes of the job: state, words for the person, decision id.
local function verdict(settings, question)
  local answer, why, refused = post(settings, question)
  if answer then
    local context = type(answer.context) == "table" and answer.context or {}
    if answer.decision then return "permit", nil, context.id end
    local state = context.state == "deny" and "deny" or "hold"
    return state, context.reason or "no reason was given", context.id
  end
  if settings.fail == "open" and not refused and spool(settings, question, why) then
    gate.log("kansa: the gate did not answer (" .. why .. "); the job goes on and the bypass is spooled")
    return "permit", nil, "bypassed"
  end
  return "hold", "the gate did not answer: " .. why, nil
end

local function partitions_of(job, partitions)
  if job.partition then
    local named = {}
    for name in job.partition:gmatch("[^,]+") do named[#named + 1] = name end
    return named
  end
  for name, partition in pairs(partitions or {}) do
    if partition.flag_default == 1 then return {name} end
  end
  return {}
end

local function question_for(settings, job, partition, place)
  return {
    subject = {
      type = "account",
      id = job.account or job.default_account or "",
      properties = {system = settings.account_system or ("slurm:" .. settings.cluster), user = job.user_name},
    },
    action = {name = "schedule"},
    resource = {
      type = "site",
      id = place.site,
      properties = {
        system = place.system or "site", item_class = place.item_class, partition = partition,
        tres = job.tres_per_job or job.tres_per_node or job.tres_per_socket or job.tres_per_task,
      },
    },
    context = {
      scheduler = "slurm", cluster = settings.cluster,
      purpose = (job.comment or ""):match("purpose=([%w_]+)"),
      work = job.job_id and ("slurm:" .. settings.cluster .. "/" .. job.job_id) or nil,
    },
  }
end

local RANK = {permit = 1, hold = 2, deny = 3}

-- The strictest answer over the partitions that the job may run in: permit, hold or deny; words; decision id.
function gate.judge(job, partitions)
  local settings, broken = load_settings()
  if not settings then return "hold", broken end
  local worst, reason, decision = nil, nil, nil
  local named = partitions_of(job, partitions)
  if #named == 0 then return "hold", "the job names no partition" end
  for _, partition in ipairs(named) do
    local place = (settings.partitions or {})[partition]
    local state, words, id = "permit", nil, nil
    if place == nil then
      state, words = "hold", "the partition `" .. partition .. "` has no place in " .. SETTINGS
    elseif place then  -- `false`: a partition without controlled items
      state, words, id = verdict(settings, question_for(settings, job, partition, place))
    end
    if not worst or RANK[state] > RANK[worst] then worst, reason, decision = state, words, id end
  end
  return worst, reason, decision
end

function gate.say(state, reason, decision)
  return "kansa: " .. state .. (decision and (" (" .. decision .. ")") or "") .. (reason and (": " .. reason) or "")
end

return gate
