"""The command line, one file a command group.

Every command takes `--vault` and `--json`. Exit codes: 0 done, 1 the answer is no or something is not evidenced,
2 bad input, 3 broken vault.
"""
