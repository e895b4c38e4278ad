"""Tags of names that are not kept in the clear: keyed, so that only who has the vault's key can tell one or try names."""

import hmac

from kansa.registers.directory import folded

_TAG_LETTERS = 32


class Tags:
    """Tags of what is not kept in the clear, under a key."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"kansa names 1", "sha256")

    def exact(self, text: str) -> str:
        """Return the tag of a text as written."""
        return self._of("exact", text)

    def alike(self, text: str) -> str:
        """Return the tag of all texts that are written alike."""
        return self._of("alike", folded(text))

    def pair(self, system: str, key: str) -> str:
        """Return the tag of a key in a system's books."""
        return self._of("pair", system, key)

    def system(self, system: str) -> str:
        """Return the tag of a system's name."""
        return self._of("system", system)

    def _of(self, *parts: str) -> str:
        text = "\0".join(f"{len(part)} {part}" for part in parts)
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:_TAG_LETTERS]
