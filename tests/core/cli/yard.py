"""The folder of a site whose keys tests turn, age and damage."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
from click.testing import CliRunner

from core import Clock, Secret
from core.cli.main import hm3
from core.cli.rotation import Held, open_held
from core.loader import Loaded, load
from core.security.crypto import CryptoConfig
from core.security.keyfile import KeyFile
from core.visitor.keys import Keyring
from modules.twofactor.store import SecondFactors
from tests.core.security.test_passwords import CHEAP

ADA, SECRET = "ada@example.org", Secret(pyotp.random_base32())


@dataclass
class Yard:
    """The folder of a site: its hm3.ini, its data, and what the commands said."""

    folder: Path

    @property
    def ini(self) -> Path:
        return self.folder / "hm3.ini"

    @property
    def key(self) -> KeyFile:
        return KeyFile(self.folder / "data" / "keys" / "server.key")

    @property
    def vault(self) -> KeyFile:
        return KeyFile(self.folder / "data" / "keys" / "vault.key")

    def load(self) -> Loaded:
        return load(self.ini, must_exist=True)

    def write(self, more: str = "") -> None:
        self.ini.write_text(f"[app]\ndata = {self.folder / 'data'}\n[modules]\ntwofactor = on\n{more}")

    def run(self, *arguments: str) -> str:
        done = CliRunner().invoke(hm3, ["crypto", *arguments, "--config", str(self.ini)])
        if done.exception is not None:
            raise done.exception
        return done.output

    def held(self) -> Held:
        with open_held(self.load()) as held:
            return held

    def set_up(self, held: Held) -> None:
        """A user with a second factor, and one whose data key the server holds."""
        factors = SecondFactors(held.database, held.server, Clock())
        assert factors.set_up(ADA, SECRET, pyotp.TOTP(str(SECRET)).now())
        self.keyring(held).held("held@example.org")

    def keyring(self, held: Held) -> Keyring:
        return Keyring(held.database, b"l" * 32, CryptoConfig(), CHEAP, lambda: held.now, held.server)

    def age(self, file: KeyFile, **delta: float) -> None:
        """Let the keys of a file be older than they are."""
        lines = [line.split() for line in file.path.read_text().splitlines()]
        older = int(timedelta(**delta).total_seconds())
        file.path.chmod(0o600)
        file.path.write_text("".join(f"{key} {int(made) - older}\n" for key, made in lines))
        file.path.chmod(0o400)
