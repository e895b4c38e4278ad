#!/usr/bin/env lua5.1
-- PrologSlurmctld: a job may have waited for days since the gate permitted it, so it is asked for again as it starts.
-- What is no longer permitted goes back to the queue, held, with the reason; job_submit.lua guards its release.
-- Lies beside slurm.conf, as job_submit.lua must.

local HERE = arg[0]:match("^(.*/)")
package.path = HERE .. "?.lua;" .. package.path
local gate = require "kansa_gate"

local function quoted(words) return "'" .. words:gsub("'", "'\\''") .. "'" end

local function scontrol(arguments)
  os.execute("SLURM_CONF=" .. quoted(HERE .. "slurm.conf") .. " scontrol " .. arguments)
end

local number = assert(os.getenv("SLURM_JOB_ID"), "Slurm runs this as PrologSlurmctld")
local state, reason, decision = gate.judge({
  job_id = number,
  account = os.getenv("SLURM_JOB_ACCOUNT"),
  user_name = os.getenv("SLURM_JOB_USER"),
  partition = os.getenv("SLURM_JOB_PARTITION"),
  comment = os.getenv("SLURM_JOB_COMMENT"),
})
if state == "permit" then os.exit(0) end
scontrol("update JobId=" .. number .. " AdminComment=" .. quoted(gate.say("hold", reason, decision)))
scontrol("requeuehold " .. number)
os.exit(1)
