-- Slurm asks Kansa's gate before it takes a job, and again before a held job is released.
--
--   permit   the job is taken as it was submitted
--   hold     the job is taken and held; whoever releases it is asked for again, and the release is refused while the gate holds
--   deny     the job is refused
--
-- The reason is shown to the person who submits, in the words and language of the gate. Slurm calls this while it holds its
-- locks, so one job costs at most `timeout` seconds for each partition that it names. kansa_gate.lua lies beside this file.

package.path = debug.getinfo(1, "S").source:match("^@(.*/)") .. "?.lua;" .. package.path
local gate = require "kansa_gate"
gate.log = function(words) slurm.log_error("%s", words) end

local NO_VALUE = 4294967294  -- Slurm's NO_VAL: the field is not given
local HELD = "kansa: hold"

function slurm_job_submit(job, partitions, uid)
  local state, reason, decision = gate.judge(job, partitions)
  local words = gate.say(state, reason, decision)
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
  local state, reason, decision = gate.judge(as_changed, partitions)
  local words = gate.say(state, reason, decision)
  slurm.log_info("%s [job %s]", words, tostring(job.job_id))
  if state ~= "permit" then return slurm.ESLURM_ACCESS_DENIED end  -- Slurm shows no words here; `AdminComment` has them
  if uid == 0 then change.admin_comment = words end  -- Slurm lets nobody else change it
  return slurm.SUCCESS
end

return slurm.SUCCESS
