"""Is a party on a list: official lists as published, names that are the same or nearly, and proof of what was asked.

`lists` reads the files, `names` to `score` compare, `edition` and `screening_record` keep what "no hit" rests on.
A hit is a question for people, never an answer.
"""
