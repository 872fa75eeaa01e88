"""The only door to the network.

`Net.session` gives `requests` sessions with deadlines, a size cap, no hidden retries and no
redirects to other hosts; `Net.mail` gives SMTP connections on the same terms. In an exercise both
lead to simulated networks inside this process, and `gate.close_for_good` bars every other way out.
"""

from crisisdesk.net.door import Net
from crisisdesk.net.session import Session

__all__ = ["Net", "Session"]
