"""People decide: who they are, what they sign, along which route, and what a clearance rests on.

Reading order: signing (keys), acts (what people say), route (along which steps), desk (cases as they stand).
"""
