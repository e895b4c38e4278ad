"""One file a subject: the facts of the catalogue, each a small pure function of the records as of an instant.

A fact `party.country` is the public function `country` of a module for `party`; it takes the world and the
subject's id and answers with a value and the records behind it, or with the reason why the value is not known.
Nothing else is asked: all evidence, and the instant, come through the world, which notes what was looked at and
until when the answer holds. So it is known which subjects another record, or the passing of time, may change.
"""
