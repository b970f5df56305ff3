"""A private Postfix: submission with AUTH by Dovecot and STARTTLS, local mail delivered over LMTP. Needs root."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from demo.certificates import make_certificates
from demo.dovecot import Dovecot
from demo.ports import LOOPBACK, free_port
from demo.processes import Child, ProcessFailed, start_child

_MASTER = Path("/usr/lib/postfix/sbin/master")
_SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """One running Postfix and whom to trust when talking to it."""

    host: str
    port: int
    ca_file: Path
    folder: Path
    child: Child

    def stop(self) -> None:
        """End it and remove its queue."""
        self.child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def postfix_missing() -> str | None:
    """Say in a sentence why Postfix cannot run here, or None."""
    if shutil.which("postfix", path="/usr/sbin:/usr/local/sbin") is None:
        return "Postfix is not installed; on Debian: apt install postfix."
    if os.getuid():
        return "Postfix's master runs only as root."
    return None


def start_postfix(dovecot: Dovecot) -> Postfix:
    """Start an instance that authenticates against and delivers to this Dovecot; raise ProcessFailed when it fails."""
    # Below /var: Postfix refuses to log anywhere else.
    folder = Path(tempfile.mkdtemp(prefix="hm3-postfix-", dir="/var/tmp"))
    folder.chmod(0o755)
    for path in (folder / "etc", folder / "spool", folder / "data"):
        path.mkdir()
    shutil.chown(folder / "data", "postfix")
    certificates = make_certificates(folder / "tls")
    program = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin") or "postfix"
    for last_try in (False, False, True):
        port = free_port()
        (folder / "etc/main.cf").write_text(_main(folder, dovecot, certificates.certificate, certificates.key))
        (folder / "etc/master.cf").write_text(f"{LOOPBACK}:{port} inet n - n - - smtpd\n{_SERVICES}")
        subprocess.run([program, "-c", folder / "etc", "check"], check=True, capture_output=True)
        # The master itself, for `postfix start` would put it into a process group that outlives ours.
        child = start_child("Postfix", [_MASTER, "-c", folder / "etc", "-d"], folder / "postfix.log")
        try:
            child.wait_for_port(port)
        except ProcessFailed:
            child.stop()
            if last_try:
                raise
            continue
        return Postfix(LOOPBACK, port, certificates.ca_file, folder, child)
    raise AssertionError("the last try returns or raises")


def _main(folder: Path, dovecot: Dovecot, certificate: Path, key: Path) -> str:
    return f"""\
compatibility_level = 3.6
myhostname = mx.example.test
mydomain = example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {folder}/spool
data_directory = {folder}/data
multi_instance_name = postfix-hm3
maillog_file = {folder}/mail.log
mydestination =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp_port}
default_transport = discard:
relay_transport = discard:
alias_maps =
alias_database =
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot.auth_port}
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
message_size_limit = 36700160
recipient_delimiter = +
smtputf8_enable = yes
"""
