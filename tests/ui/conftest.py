"""The window needs no screen in tests."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
