"""What a damaged zip raises, or one that was made in a way that nobody here can read."""

import zlib
from lzma import LZMAError
from zipfile import BadZipFile

DAMAGED_ZIP = (
    *(BadZipFile, LZMAError, zlib.error),
    *(EOFError, OSError, RuntimeError, UnicodeError, ValueError),
)
"""RuntimeError is also what an encrypted zip raises, and one packed in an unknown way."""
