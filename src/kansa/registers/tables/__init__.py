"""One file a fact: which claims touch it, and which lines follow from the claims known so far.

A fact is a pure function of the journal at one moment. Its two times come from `revise`, which compares the lines
of one moment with those of the next; so no fact needs to know about lateness or supersession.
"""
