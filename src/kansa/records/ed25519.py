"""Ed25519 public keys that must be refused."""

PUBLIC_KEY_BYTES = 32

_P = 2**255 - 19
_ORDER_EIGHT_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _P, _P + 1, _ORDER_EIGHT_Y, _P - _ORDER_EIGHT_Y})


def has_small_order(public_key: bytes) -> bool:
    """Tell whether 8·A is the neutral element, in any encoding (the points of RFC 7748's list, sign bit aside).

    Such a key accepts signatures that nobody made.
    """
    y = int.from_bytes(public_key, "little") % 2**255
    return y in _SMALL_ORDER_Y
