"""One name as text becomes forms that can be compared.

`scripts` splits and cleans, `folding` and `legal_forms` bring Japanese, Chinese and Korean spellings together,
`readings` and `glossary` say them in Latin letters, `sounds` keeps the consonants, `forms` puts it all together.
"""
