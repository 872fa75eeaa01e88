"""`python -m crisisdesk`: the commands that need no screen."""

import sys

from crisisdesk.cli import main

sys.exit(main(sys.argv[1:]))
