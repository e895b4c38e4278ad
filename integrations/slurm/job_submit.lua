-- Asks Kansa's gate before Slurm takes a job (OpenID AuthZEN 1.0, action `schedule`).
--
--   permit   the job is taken as it was submitted
--   hold     the job is taken and held; whoever releases it is asked for again, and the release is refused while the gate holds
--   deny     the job is refused
--   silence  what the settings' `fail` says: "hold" (default), or "open", and then the bypass is spooled for the evidence log
--
-- The reason is shown to the person who submits, in the words and language of the gate. Slurm calls this while it holds its
-- locks, so one job costs at most `timeout` seconds for each partition it names.
-- Needs Debian's lua-socket and lua-cjson, and lua-sec where the gate is asked over https.

local SETTINGS = os.getenv("KANSA_SLURM_SETTINGS") or "/etc/slurm/kansa.lua"
local NO_VALUE = 4294967294  -- Slurm's NO_VAL: the field is not given
local HELD = "kansa: hold"

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
  local asker = http
  if settings.gate:match("^https:") then
    local have_tls, https = pcall(require, "ssl.https")
    if not have_tls then return nil, "lua-sec is not installed" end
    asker, request.cafile, request.verify = https, settings.ca_file, "peer"
  end
  asker.TIMEOUT = settings.timeout or 0.5
  local sent, status = asker.request(request)
  if not sent then return nil, tostring(status) end
  if status ~= 200 then
    local refused = tonumber(status) and status >= 400 and status < 500
    return nil, "it answered " .. tostring(status), refused
  end
  local answer = json.decode(table.concat(received))
  if type(answer) ~= "table" or type(answer.decision) ~= "boolean" then return nil, "its answer cannot be read" end
  return answer
end

local function spool(settings, question, why)
  local have_json, json = pcall(require, "cjson.safe")
  local file = have_json and settings.spool and io.open(settings.spool, "a")
  if not file then return false end
  local line = json.encode({at = os.date("!%Y-%m-%dT%H:%M:%S.000Z"), question = question, cause = why})
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
    slurm.log_error("kansa: the gate did not answer (%s); the job goes on and the bypass is spooled", why)
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
    },
  }
end

local RANK = {permit = 1, hold = 2, deny = 3}

-- The strictest answer over the partitions that the job may run in.
local function judge(job, partitions)
  local settings, broken = load_settings()
  if not settings then return "hold", broken end
  local worst, reason, decision = "permit", nil, nil
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
    if RANK[state] > RANK[worst] or not decision then worst, reason, decision = state, words, id end
  end
  return worst, reason, decision
end

local function say(state, reason, decision)
  return "kansa: " .. state .. (decision and (" (" .. decision .. ")") or "") .. (reason and (": " .. reason) or "")
end

function slurm_job_submit(job, partitions, uid)
  local state, reason, decision = judge(job, partitions)
  local words = say(state, reason, decision)
  slurm.log_info("%s [account %s, user %s]", words, tostring(job.account), tostring(job.user_name))
  if state == "deny" then
    slurm.log_user("%s", words)
    return slurm.ESLURM_ACCESS_DENIED
  end
  if state == "hold" then
    slurm.log_user("%s", words)
    job.priority = 0
  end
  job.admin_comment = words
  return slurm.SUCCESS
end

local function given(value) return value ~= nil and value ~= NO_VALUE end

-- A release, or another account or partition, asks again with the job as it would be.
function slurm_job_modify(change, job, partitions, uid)
  local held = (job.admin_comment or ""):sub(1, #HELD) == HELD
  local releases = given(change.priority) and change.priority ~= 0
  local moves = given(change.account) or given(change.partition)
  if not (moves or (held and releases)) then return slurm.SUCCESS end
  local as_changed = setmetatable({}, {__index = function(_, name)
    if given(change[name]) then return change[name] end
    return job[name]
  end})
  local state, reason, decision = judge(as_changed, partitions)
  local words = say(state, reason, decision)
  slurm.log_info("%s [job %s]", words, tostring(job.job_id))
  if state ~= "permit" then
    slurm.log_user("%s", words)
    return slurm.ESLURM_ACCESS_DENIED
  end
  change.admin_comment = words
  return slurm.SUCCESS
end

return slurm.SUCCESS
