"""The fictional operator of `kansa demo`: real files for the real sources, with faults planted in them.

`world.write` puts the files into a directory and gives the order in which they came to be known; `expected` says what
must be found in them; `story` tells it.
"""

from kansa.demo.telling import story

__all__ = ["story"]
