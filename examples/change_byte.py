# ruff: noqa: INP001 - a script to read and run, no package
"""Copies a file with one bit of one byte changed.

python change_byte.py FILE COPY OFFSET
"""

import sys
from pathlib import Path

source, copy, offset = sys.argv[1:]
data = bytearray(Path(source).read_bytes())
data[int(offset)] ^= 1
Path(copy).write_bytes(data)
