"""Models of accelerators as people write them."""

import pytest

from kansa.rules.models import model_names


@pytest.mark.parametrize(
    "model",
    [
        "Ascend 910B", "ascend-910b", "Huawei Ascend910B", "ＡＳＣＥＮＤ　９１０Ｂ", "昇腾910B", "昇騰 910B3",
        "Atlas server with 8 x Ascend_910B2", "ASCEND 910 B",
    ],
)  # fmt: skip
def test_one_model_is_one_text_however_it_is_written(model: str) -> None:
    """Also inside the name of a server that holds it."""
    assert "ascend910b" in model_names(model)


@pytest.mark.parametrize("model", ["Ascend 910", "Ascend 310P", "H100 SXM5", "RTX 910B", ""])
def test_another_model_is_another_text(model: str) -> None:
    """A part of the name is not the name."""
    assert "ascend910b" not in model_names(model)
