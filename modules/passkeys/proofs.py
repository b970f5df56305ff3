"""Whether somebody has a passkey: what browsers are asked, and whether what they bring is an answer to it."""

import logging

from core import NotAllowed, Sentence
from modules.passkeys.ceremony import NewCredential, NotVerified, Told, as_letters, read_answer, verify_new, verify_use
from modules.passkeys.challenges import Challenges
from modules.passkeys.module import module
from modules.passkeys.party import RelyingParty
from modules.passkeys.results import KeyRequest
from modules.passkeys.store import Passkey, Passkeys

log = logging.getLogger("hm3.passkeys")

# One answer for a key that nobody knows, one of somebody else, and one that does not verify.
UNKNOWN = Sentence("This passkey is not known here, or it is not yours. Use another one, or your password.")
_COPIED = Sentence(
    "This passkey was refused, because a copy of it seems to be in use. Log in another way and remove it under "
    "Security."
)


class NotProven(NotAllowed):
    """The passkey was not accepted; for the throttle this is as a wrong password is."""


class Proofs:
    """Asks for passkeys, and believes what was asked for, once."""

    def __init__(self, passkeys: Passkeys, challenges: Challenges, party: RelyingParty) -> None:
        self._passkeys = passkeys
        self._challenges = challenges
        self._party = party

    def challenge(self, purpose: str, visitor: str) -> str:
        """A new challenge for one purpose and one visitor, in base64url."""
        return as_letters(self._challenges.make(purpose, visitor))

    def request(
        self, purpose: str, visitor: str, keys: tuple[Passkey, ...] = (), *, verify: str = "required"
    ) -> KeyRequest:
        """What a browser is to ask for: one of these passkeys of one user, or with none any passkey of this site."""
        return KeyRequest(
            self.challenge(purpose, visitor),
            self._party.id,
            as_letters(self._party.salt),
            as_letters(self._passkeys.handle(keys[0].user)) if keys else "",
            tuple(as_letters(key.credential) for key in keys),
            verify,
        )

    def prove(self, answer: str, purpose: str, visitor: str, *, user: str | None = None, verified: bool) -> Passkey:
        """The passkey that answered. With `user` it has to be theirs, else it has to say whose it is.

        `verified` asks that the authenticator knows its person. Raises Conflict for an answer to an old challenge, and
        NotProven for everything else.
        """
        told = self._read(answer, purpose, visitor)
        passkey = self._passkeys.called(told.credential)
        if passkey is None or not self._is_theirs(passkey, told.handle, user):
            raise NotProven(UNKNOWN)
        try:
            count = verify_use(told, passkey.public_key, self._party, verified=verified)
        except NotVerified as error:
            log.warning("A passkey was refused. %s", error)
            raise NotProven(UNKNOWN) from error
        if not self._passkeys.use(passkey, count):
            log.warning("A passkey was refused: it counts %d uses and did %d before.", count, passkey.sign_count)
            raise NotProven(_COPIED)
        return passkey

    def made(self, answer: str, purpose: str, visitor: str, *, verified: bool) -> NewCredential:
        """The passkey that was just made. Raises as `prove` does."""
        try:
            return verify_new(self._read(answer, purpose, visitor), self._party, verified=verified)
        except NotVerified as error:
            log.warning("A new passkey was refused. %s", error)
            raise NotProven(
                Sentence("Your browser made a passkey that cannot be used here. Please try another one.")
            ) from error

    def _read(self, answer: str, purpose: str, visitor: str) -> Told:
        try:
            told = read_answer(answer)
        except NotVerified as error:
            raise NotProven(UNKNOWN) from error
        self._challenges.spend(told.challenge, purpose, visitor)
        return told

    def _is_theirs(self, passkey: Passkey, handle: bytes | None, user: str | None) -> bool:
        own = self._passkeys.handle(passkey.user)
        if user is None:
            return handle == own
        return passkey.user == user and handle in (None, own)


@module.service
def open_proofs(passkeys: Passkeys, challenges: Challenges, party: RelyingParty) -> Proofs:
    """Proofs for this site."""
    return Proofs(passkeys, challenges, party)
