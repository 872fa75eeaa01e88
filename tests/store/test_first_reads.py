"""Several threads may be the first to read an alert: a start looks for all that is unknown."""

import os
import subprocess
import sys

import pytest

FIRST_READERS = """if True:
    import os, sys, threading
    from crisisdesk.store.alerts import Alerts

    body = b'{"id":"a","incident_id":"b","marker":"c","rendered":[]}'

    class Connection:
        def scalar(self, _query):
            return body

    def read():
        ready.wait()
        try:
            Alerts(Connection()).get("a")
        except ValueError:
            pass  # too short for an alert; what counts is that it was read at all

    sys.setswitchinterval(0.00001)
    crashes = 0
    for _ in range(100):
        child = os.fork()
        if not child:
            ready = threading.Barrier(4)
            readers = [threading.Thread(target=read) for _ in range(4)]
            for each in readers:
                each.start()
            for each in readers:
                each.join()
            os._exit(0)
        crashes += os.waitpid(child, 0)[1] != 0
    print(crashes)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a fresh process for each try needs fork")
def test_no_number_of_first_readers_crashes_the_process() -> None:
    """msgspec prepares a type when it is first used, and crashes when two threads do that."""
    ran = subprocess.run([sys.executable, "-c", FIRST_READERS], capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.returncode) == ("0", 0), ran.stderr
