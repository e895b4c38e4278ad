"""`kansa demo`: placeholder until the world is here."""


def demo() -> int:
    """Play the fictional operator."""
    return 0
