"""Models of accelerators as people write them, in a form in which one model is one text."""

import re
import unicodedata

_LONGEST = 8
_TRANSLATED = str.maketrans({"昇": "ascend ", "腾": None, "騰": None, "麒": "kirin ", "麟": None})


def model_names(model: str) -> frozenset[str]:
    """Return every run of words of a model, in small letters and digits only, so that a part of it can be asked.

    "Huawei Ascend 910B", "ASCEND-910B", "server with 8 x Ascend910B3" and "昇腾910B" all hold `ascend910b`.
    """
    plain = unicodedata.normalize("NFKC", model).translate(_TRANSLATED).casefold()
    words = re.findall(r"[a-z]+|[0-9]+|[^\W\d_a-z]+", plain)
    return frozenset(
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1)
    )
