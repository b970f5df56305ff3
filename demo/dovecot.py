"""A private Dovecot on free loopback ports, with or without root."""

import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from demo.certificates import Certificates, make_certificates
from demo.dovecot_config import DovecotLayout, dovecot_config
from demo.ports import LOOPBACK, free_ports
from demo.processes import Child, ProcessFailed, start_child

_SIEVE_PLUGIN = Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so")
_LMTP = Path("/usr/lib/dovecot/lmtp")


@dataclass
class Dovecot:
    """One running Dovecot: where it listens, whom to trust, and its users."""

    host: str
    imap_port: int
    imaps_port: int
    lmtp_port: int
    auth_port: int
    certificates: Certificates
    layout: DovecotLayout
    child: Child
    passwords: dict[str, str] = field(default_factory=dict)
    quotas: dict[str, str | None] = field(default_factory=dict)

    @property
    def ca_file(self) -> Path:
        """The authority whose certificates to trust."""
        return self.certificates.ca_file

    def add_user(self, name: str, password: str, quota: str | None = None) -> None:
        """Let a user log in; `quota` is Dovecot's size, as in "1M". Returns when the password works."""
        self._write_user(name, password, quota)
        self._wait_for(name, password, accepted=True)

    def change_password(self, name: str, password: str) -> None:
        """Give a user another password; returns when it works and the old one does not."""
        old = self.passwords[name]
        self._write_user(name, password, self.quotas.get(name))
        self._wait_for(name, password, accepted=True)
        if old != password:
            self._wait_for(name, old, accepted=False)

    def remove_user(self, name: str) -> None:
        """Refuse a user's log-ins from now on; the mail stays where it is."""
        password = self.passwords.pop(name)
        (self.layout.users / name.lower()).unlink()
        self._wait_for(name, password, accepted=False)

    def forget_user(self, name: str) -> None:
        """Remove a user and the mail, without waiting for the server to notice."""
        del self.passwords[name]
        (self.layout.users / name.lower()).unlink(missing_ok=True)
        shutil.rmtree(self.layout.mail / name.lower(), ignore_errors=True)

    def empty_mailbox(self, name: str) -> None:
        """Throw a user's mail away, as before a first start."""
        shutil.rmtree(self.layout.mail / name.lower(), ignore_errors=True)

    def stop(self) -> None:
        """End the server and remove its run folder; the mail stays."""
        self.child.stop()
        shutil.rmtree(self.layout.run, ignore_errors=True)

    def _write_user(self, name: str, password: str, quota: str | None) -> None:
        if any(character in name for character in "/:\n\r\0") or any(character in password for character in ":\n\r\0"):
            raise ValueError(f"{name!r}: a name or password of the demo has no slash, colon or line break.")
        rule = f"userdb_quota_rule=*:storage={quota}" if quota else ""
        path = self.layout.users / name.lower()
        fresh = path.with_name(f".{path.name}")
        fresh.write_text(f"{name.lower()}:{{PLAIN}}{password}::::::{rule}\n", "utf-8")
        _hand_over(fresh, self.layout.account)
        fresh.replace(path)
        self.passwords[name], self.quotas[name] = password, quota

    def _wait_for(self, name: str, password: str, *, accepted: bool, seconds: float = 10) -> None:
        # Dovecot looks at a user's file at most once a second.
        end = time.monotonic() + seconds
        while self.accepts(name, password) != accepted:
            if time.monotonic() > end:
                raise TimeoutError(f"Dovecot does not take the change of {name}. {self.child.last_words()}")
            time.sleep(0.05)

    def accepts(self, name: str, password: str) -> bool:
        """Whether this name and password log in."""
        try:
            # The log-out counts too: a user who vanishes meanwhile gets an OK and then a closed connection.
            with imaplib.IMAP4(self.host, self.imap_port, timeout=10) as connection:
                connection.authenticate("PLAIN", lambda _: f"\0{name}\0{password}".encode())
        except imaplib.IMAP4.error:
            return False
        return True


def dovecot_missing() -> str | None:
    """Say in a sentence what this machine lacks to run Dovecot, or None."""
    if _program("dovecot") is None:
        return "Dovecot is not installed; on Debian: apt install dovecot-imapd dovecot-lmtpd."
    if not _LMTP.exists():
        return "Dovecot's LMTP server is not installed; on Debian: apt install dovecot-lmtpd."
    try:
        pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    except KeyError:
        return f"Dovecot needs an account with a name, and this one (number {os.getuid()}) or nobody has none."
    version = subprocess.run([str(_program("dovecot")), "--version"], capture_output=True, text=True, check=False)
    if not version.stdout.startswith("2.3."):
        return f"Dovecot 2.3 is needed, this one is {version.stdout.strip() or 'broken'}."
    return None


def start_dovecot(
    folder: Path,
    *,
    capability: str | None = None,
    mechanisms: str = "plain login scram-sha-256",
    extra: str = "",
    certificates: Certificates | None = None,
) -> Dovecot:
    """Start an instance that keeps mail and users in `folder`; `capability` replaces what it says it can do.

    `extra` is appended to its configuration. Raise ProcessFailed when it does not come up.
    """
    program = _program("dovecot")
    if program is None:
        raise FileNotFoundError(dovecot_missing())
    account = _account()
    layout = _lay_out(folder, account)
    trusted = certificates or make_certificates(layout.run / "tls")
    for last_try in (False, False, True):
        ports = free_ports(4)
        text = dovecot_config(
            layout, ports, trusted, mechanisms=mechanisms, capability=capability, sieve=_SIEVE_PLUGIN.exists()
        )
        config = layout.run / "dovecot.conf"
        config.write_text(text + extra, "utf-8")
        for path in (layout.run, *layout.run.rglob("*"), layout.mail, layout.users):
            _hand_over(path, account)
        child = start_child("Dovecot", [program, "-F", "-c", config], layout.log)
        try:
            _wait_for_ports(child, ports)
        except ProcessFailed:
            # Somebody may have taken a port meanwhile: try again with others.
            if last_try:
                raise
            continue
        imap, imaps, lmtp, auth = ports
        return Dovecot(LOOPBACK, imap, imaps, lmtp, auth, trusted, layout, child)
    raise AssertionError("the last try returns or raises")


def _wait_for_ports(child: Child, ports: tuple[int, ...]) -> None:
    try:
        for port in ports:
            child.wait_for_port(port)
    except BaseException:
        child.stop()
        raise


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _account() -> str:
    """The account that runs Dovecot: root steps down to nobody, anybody else runs it themselves."""
    return pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "nobody"


def _lay_out(folder: Path, account: str) -> DovecotLayout:
    folder.mkdir(parents=True, exist_ok=True)
    # Sockets' names are bounded to 107 octets, so they live in a short folder of their own.
    run = Path(tempfile.mkdtemp(prefix="hm3-"))
    run.chmod(0o755)
    layout = DovecotLayout(
        run=run, mail=folder / "mail", users=folder / "users", log=run / "dovecot.log", account=account
    )
    for path in (layout.mail, layout.users, run / "run", run / "state"):
        path.mkdir(parents=True, exist_ok=True)
    return layout


def _hand_over(path: Path, account: str) -> None:
    if os.getuid() == 0:
        entry = pwd.getpwnam(account)
        os.chown(path, entry.pw_uid, entry.pw_gid)
