-- Settings of job_submit.lua: /etc/slurm/kansa.lua, readable by SlurmUser.
return {
  gate = "http://127.0.0.1:8443",          -- `kansa serve`
  cluster = "hokkaido",                    -- accounts are looked up as `slurm:hokkaido`, as `kansa ingest slurm` records them
  token_file = "/etc/slurm/kansa.token",   -- this caller's signed token; readable by SlurmUser only
  timeout = 0.5,                           -- seconds that a submission may wait for the answer
  fail = "hold",                           -- or "open", with a spool
  -- spool = "/var/spool/slurm/kansa-bypassed.jsonl",  -- delivered later: `python -m kansa.clients.python deliver`
  language = "ja",                         -- of the reasons shown
  partitions = {                           -- where each partition stands; false: holds no controlled item; unnamed: held
    gpu = {site = "Ishikari 1", item_class = "3A090.a"},
    cpu = false,
  },
}
