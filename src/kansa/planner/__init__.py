"""Plan shifts of work that stay within evidence, before power forces them.

`signals` reads what the grid says, `problem` is what is to be decided, `choices` lists for each workload only what its
permits cover for the whole stay, and keeps what lacks evidence apart; `greedy` and `optimise` choose, `check` judges any plan
with code of its own, also plans of other schedulers, and `price` orders the missing evidence by what it would open.
"""
