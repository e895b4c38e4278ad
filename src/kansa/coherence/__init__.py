"""Is every instant of accelerator use evidenced: who, how, where, under what.

`stages` is the question as ordered SQL, `engines` run it, `sweep` answers it again in plain Python for those who
verify, `balance` sets the uses against the whole time of the installed devices. A gap is missing evidence, not
a breach.
"""
