"""Logins that passkeys open by themselves: the user's data key and what their mailbox is opened with.

Two things are kept for each. One more wrap of the data key counts: where it does not open any more, because the user
began afresh or their data key was made anew, the passkey has to be set up again. The sealed login holds the rest.
"""

import dataclasses

from core import Identity, Keyring, LastingLogin, NotAllowed, Sentence, Session, WrapKind, crypto
from modules.passkeys.module import module
from modules.passkeys.store import Passkey, Passkeys

_SET_UP_AGAIN = Sentence(
    "This passkey does not open your data any more. Log in with your password and set the passkey up again under "
    "Security."
)


class Logins:
    """Seals logins under what passkeys give, and opens them again."""

    def __init__(self, keyring: Keyring, passkeys: Passkeys) -> None:
        self._keyring = keyring
        self._passkeys = passkeys

    def keep(self, passkey: Passkey, session: Session, material: bytes) -> None:
        """From now on the passkey opens the login of this session. Raises Conflict where its data are locked."""
        login = LastingLogin.of(session, session.brought())
        assert login.identity.key is not None  # of() raises without it
        before = [wrap.id for wrap in self._keyring.wraps(passkey.user) if wrap.label == _label(passkey)]
        self._keyring.add_other(passkey.user, login.identity.key, _label(passkey), _opener(material))
        for wrap in before:
            self._keyring.remove(passkey.user, wrap)
        # What a directory said of somebody's roles may be otherwise by the time the passkey is used.
        kept = LastingLogin(dataclasses.replace(login.identity, roles=frozenset()))
        self._passkeys.keep_login(passkey, kept.seal(material, _label(passkey), self._keyring.suite))

    def open(self, passkey: Passkey, material: bytes | None) -> Identity:
        """The login that the passkey opens. Raises NotAllowed with the reason where it opens none."""
        if passkey.login is None or material is None:
            raise NotAllowed(
                Sentence("This passkey is a second factor only. Log in with your password, then it is asked for.")
            )
        key = self.data_key(passkey, material)
        if key is None:
            raise NotAllowed(_SET_UP_AGAIN)
        try:
            login = LastingLogin.unseal(material, passkey.login, _label(passkey))
        except crypto.DecryptError as error:
            raise NotAllowed(_SET_UP_AGAIN) from error
        return dataclasses.replace(login.identity, key=key)

    def data_key(self, passkey: Passkey, material: bytes) -> bytes | None:
        """The user's data key, where the passkey opens it."""
        return self._keyring.open_other(passkey.user, _label(passkey), _opener(material))

    def working(self, user: str) -> frozenset[str]:
        """The ids of the user's passkeys that open their data."""
        labels = {wrap.label for wrap in self._keyring.wraps(user) if wrap.kind is WrapKind.OTHER and wrap.live}
        return frozenset(
            passkey.id for passkey in self._passkeys.of(user) if passkey.login is not None and _label(passkey) in labels
        )

    def drop(self, passkey: Passkey) -> None:
        """The passkey opens nothing any more. Raises Conflict where nothing else opens the user's data."""
        for wrap in self._keyring.wraps(passkey.user):
            if wrap.label == _label(passkey):
                self._keyring.remove(passkey.user, wrap.id)
        self._passkeys.keep_login(passkey, None)


@module.service
def open_logins(keyring: Keyring, passkeys: Passkeys) -> Logins:
    """The logins that passkeys open."""
    return Logins(keyring, passkeys)


def _label(passkey: Passkey) -> str:
    return f"passkey {passkey.id}"


def _opener(material: bytes) -> bytes:
    return crypto.subkey(material, "hm3.kek.passkey")
