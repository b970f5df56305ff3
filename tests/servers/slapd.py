"""A private slapd on free loopback ports, with people and groups of its own; it needs no root."""

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.certificates import Certificates, make_certificates
from demo.ports import LOOPBACK, free_ports
from demo.processes import Child, ProcessFailed, start_child

SUFFIX = "dc=example,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
READER = f"cn=reader,{SUFFIX}"
READER_PASSWORD = "reader's own"
_SCHEMAS = Path("/etc/ldap/schema")
_MODULES = Path("/usr/lib/ldap")

Attributes = Mapping[str, str | Sequence[str]]


@dataclass
class Slapd:
    """One running slapd: its ports, whom to trust, and where it lives. `log` holds every operation."""

    port: int
    tls_port: int
    certificates: Certificates
    folder: Path
    child: Child
    host: str = "localhost"

    @property
    def ca_file(self) -> Path:
        """The authority whose certificates to trust."""
        return self.certificates.ca_file

    @property
    def log(self) -> str:
        """What it was asked, and what it answered."""
        return self.child.log.read_text("utf-8", "replace")

    def stop(self) -> None:
        """End it and remove its data."""
        self.child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def slapd_missing() -> str | None:
    """Say in a sentence what this machine lacks to run slapd, or None."""
    if _program("slapd") is None or not _SCHEMAS.is_dir():
        return "slapd is not installed; on Debian: apt install slapd."
    return None


def start_slapd(
    entries: Mapping[str, Attributes],
    *,
    certificates: Certificates | None = None,
    anonymous: bool = True,
    encrypts: bool = True,
) -> Slapd:
    """Start an instance with entries by their DNs. Without `anonymous` only who is bound may read.

    One that does not encrypt offers no STARTTLS and no ldaps. Raise ProcessFailed when it does not come up.
    """
    folder = Path(tempfile.mkdtemp(prefix="hm3-ldap-"))
    (folder / "data").mkdir()
    trusted = certificates or make_certificates(folder / "tls")
    config = folder / "slapd.conf"
    config.write_text(_config(folder, trusted if encrypts else None, anonymous=anonymous))
    (folder / "entries.ldif").write_text("".join(_ldif(dn, values) for dn, values in {**_BASE, **entries}.items()))
    _run("slapadd", "-f", config, "-l", folder / "entries.ldif")
    for last_try in (False, False, True):
        port, tls_port = free_ports(2)
        places = f"ldap://{LOOPBACK}:{port}/" + (f" ldaps://{LOOPBACK}:{tls_port}/" if encrypts else "")
        command: list[str | Path] = [_program("slapd") or "slapd", "-f", config, "-h", places, "-d", "stats"]
        child = start_child("slapd", command, folder / "slapd.log")
        try:
            child.wait_for_port(port)
            if encrypts:
                child.wait_for_port(tls_port)
        except ProcessFailed:
            child.stop()
            if last_try:
                raise
            continue
        return Slapd(port, tls_port, trusted, folder, child)
    raise AssertionError("the last try returns or raises")


def person(name: str, password: str, **more: str | Sequence[str]) -> Attributes:
    """An inetOrgPerson; names of attributes are as in LDAP."""
    return {"objectClass": "inetOrgPerson", "cn": name, "sn": name, "userPassword": password, **more}


_BASE: dict[str, Attributes] = {
    SUFFIX: {"objectClass": ["dcObject", "organization"], "dc": "example", "o": "Example"},
    PEOPLE: {"objectClass": "organizationalUnit", "ou": "people"},
    GROUPS: {"objectClass": "organizationalUnit", "ou": "groups"},
    READER: {
        "objectClass": ["organizationalRole", "simpleSecurityObject"],
        "cn": "reader",
        "userPassword": READER_PASSWORD,
    },
}


def _config(folder: Path, certificates: Certificates | None, *, anonymous: bool) -> str:
    schemas = "".join(f"include {_SCHEMAS}/{name}.schema\n" for name in ("core", "cosine", "inetorgperson", "nis"))
    encryption = (
        f"TLSCACertificateFile {certificates.ca_file}\nTLSCertificateFile {certificates.certificate}\n"
        f"TLSCertificateKeyFile {certificates.key}\nTLSVerifyClient never\n"
        if certificates is not None
        else ""
    )
    return f"""\
{schemas}modulepath {_MODULES}
moduleload back_mdb
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
{encryption}threads 4
database mdb
maxsize 10485760
suffix "{SUFFIX}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by {"* read" if anonymous else "users read by anonymous auth"}
"""


def _ldif(dn: str, values: Attributes) -> str:
    lines = [_line("dn", dn)]
    for name, value in values.items():
        lines += [_line(name, one) for one in ([value] if isinstance(value, str) else value)]
    return "\n".join(lines) + "\n\n"


def _line(name: str, value: str) -> str:
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"


def _run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run([_program(program) or program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessFailed(f"{program} failed: {done.stdout}{done.stderr}")


def _program(name: str) -> str | None:
    return shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/local/libexec")
