"""The gate: answers machines before they act, from facts that stand in memory, and never before the answer is kept.

Reading order: authzen (what is asked and answered), decide, log, gate.
"""
