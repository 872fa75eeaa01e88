"""`python -m crisisdesk`: the commands that need no screen."""

import sys

from crisisdesk.cli import run_command

sys.exit(run_command(sys.argv[1:]))
