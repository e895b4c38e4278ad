"""The kinds of record, one module a family of artifacts.

A kind is a frozen struct of its `data`. Each field is sealed unless it is marked: `Open` stands in the entry as it
is, `Subject` is open and names a subject that the record is about. Text written by people is always sealed.
"""
