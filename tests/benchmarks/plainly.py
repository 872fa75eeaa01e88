"""Run as a program: another module as a program, loaded as `ui.__main__` loads the console."""

import runpy
import sys

from ui.importing import import_plainly

if __name__ == "__main__":
    import_plainly()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
