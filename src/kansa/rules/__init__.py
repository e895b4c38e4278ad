"""What is required and what is suspicious under the law in force on a date, as data.

A `pack` holds rules with their sources, dates and doubts; `edition` is what they say at an instant; `evaluate`
answers a request (deny > hold > permit) or raises flags from facts that `catalogue` declares. An unknown fact is
unknown: it never becomes a permit, and never silently no flag.
"""
