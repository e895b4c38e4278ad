"""One name as text becomes forms that can be compared.

`scripts` splits and cleans, `folding` and `legal_forms` bring Japanese, Chinese and Korean spellings together,
`readings` and `glossary` say them in Latin letters, `sounds` keeps the consonants. A `form` is what is compared; `written`
makes those of names in letters, `characters` those of names in characters, `forms` all of a name.
"""
