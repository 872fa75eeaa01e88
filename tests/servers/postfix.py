"""Debian's Postfix on an unprivileged loopback port: STARTTLS in, a Maildir out, nothing further.

Configuration names are those of postconf(5) and master(5), Postfix 3.7.
"""

import email
import email.policy
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.launching import (
    ServerFailedError,
    ServerMissingError,
    find_program,
    free_port,
    log_tail,
)

DOMAIN = "example.org"
REFUSED = f"no-such-person@{DOMAIN}"


@dataclass(frozen=True)
class Postfix:
    """A running mail server that delivers every address at example.org but `refused`.

    `refused` gets 550 at RCPT TO, any other domain 554.
    """

    host: str
    port: int
    ca_file: Path
    log: Path
    maildir: Path
    refused: str = REFUSED

    def delivered(self, address: str) -> list[EmailMessage]:
        """Letters that have arrived for `address`, oldest first."""
        letters = [path for path in self.maildir.glob("new/*") if path.is_file()]
        letters.sort(key=lambda path: path.stat().st_mtime_ns)
        # Postfix writes the envelope's recipient in this header of each copy.
        return [letter for letter in map(_read, letters) if letter["Delivered-To"] == address]


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@contextmanager
def running_postfix() -> Iterator[Postfix]:
    """A server on a free port. Raises ServerMissingError without Postfix, or without root's rights.

    It lives directly under the system's temporary folder: its parts run as another user.
    """
    postfix = find_program("postfix", "postfix")
    if os.geteuid() != 0:
        raise ServerMissingError("Postfix starts only as root; run this test as root")
    home = Path(tempfile.mkdtemp(prefix="crisisdesk-postfix-"))
    home.chmod(0o755)
    certificates = make_certificates(home)
    port, log = free_port(), home / "postfix.log"
    configuration = _write_configuration(home, port, certificates)
    try:
        _command(postfix, configuration, "start", log)
        yield Postfix("localhost", port, certificates.ca_file, log, home / "mail" / "inbox")
    finally:
        _command(postfix, configuration, "stop", log)
        shutil.rmtree(home, ignore_errors=True)


def _command(postfix: str, configuration: Path, word: str, log: Path) -> None:
    # `start` returns once the server listens, `stop` once it has ended.
    done = subprocess.run([postfix, "-c", configuration, word], capture_output=True, text=True)
    if done.returncode:
        written = log_tail(log) if log.exists() else ""
        raise ServerFailedError(f"postfix {word}: {done.stderr}\n{written}")


def _write_configuration(home: Path, port: int, certificates: Certificates) -> Path:
    owner = pwd.getpwnam("postfix")
    for name in ("queue", "data", "mail", "configuration"):
        (home / name).mkdir()
    for name in ("data", "mail"):
        shutil.chown(home / name, owner.pw_uid, owner.pw_gid)
    folder = home / "configuration"
    (folder / "main.cf").write_text(_main_cf(home, owner, certificates))
    (folder / "master.cf").write_text(_master_cf(port))
    return folder


def _main_cf(home: Path, owner: pwd.struct_passwd, certificates: Certificates) -> str:
    return f"""\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.{DOMAIN}
mydestination =
mynetworks =
alias_maps =
default_transport = error:5.7.1 this server sends nothing on
relay_transport = error:5.7.1 this server sends nothing on
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:inbox/
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
 check_recipient_access inline:{{ {{{REFUSED} = 550 5.1.1 No such person}} }}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificates.certificate_file}
smtpd_tls_key_file = {certificates.key_file}
smtpd_peername_lookup = no
"""


def _master_cf(port: int) -> str:
    # service, type, private, unprivileged, chroot, wake-up, process limit, program
    return f"""\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
"""
