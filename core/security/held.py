"""What the server's own keys seal: second factors, tokens, whatever has to be read while its user is away.

A ciphertext names the key it was made with. New ones are made with the active key; the others stay to read with until
everything was sealed anew.
"""

from collections.abc import Callable, Mapping, Sequence

from core.security.crypto import VERSION, KeyUnavailable, Marks, Purpose, key_id, marks, seal, subkey, unseal
from core.security.keyfile import KeyFile
from core.security.suites import Suite, default_suite

KeyList = bytes | KeyFile | Callable[[], Sequence[bytes]]


class HeldKeys:
    """A list of keys that lie beside the site, the first of them active."""

    def __init__(self, keys: KeyList, suite: Suite | None = None) -> None:
        self._keys = keys
        self._suite = suite

    @property
    def suite(self) -> Suite | None:
        """In which suite new data are to be encrypted, under these keys and any others; None for the usual one."""
        return self._suite

    def seal(self, data: bytes, purpose: Purpose, *, pad: int = 0) -> bytes:
        """Encrypt data for one purpose under the active key; with `pad`, up to a multiple of so many octets."""
        root = self._roots()[0]
        return seal(_of(root, purpose), data, purpose, self._suite, pad=pad, made_with=key_id(root))

    def unseal(self, blob: bytes, purpose: Purpose) -> bytes:
        """Decrypt what `seal` made for the same purpose under any of the keys.

        Raises KeyUnavailable where it was another key, and DecryptError for anything else.
        """
        needed = marks(blob).made_with
        for root in self._roots():
            if needed == key_id(root):
                return unseal(_of(root, purpose), blob, purpose, made_with=needed)
        raise KeyUnavailable("This was encrypted with another key.")

    def is_current(self, blob: bytes) -> bool:
        """Whether a ciphertext was made with the active key and in the way that is used now."""
        return marks(blob) == Marks(VERSION, (self._suite or default_suite()).number, self.ids()[0])

    def renewed(self, blob: bytes, purpose: Purpose, *, pad: int = 0) -> bytes | None:
        """A ciphertext anew, under the active key and in the way that is used now; None where it is so already.

        Raises DecryptError as `unseal` does.
        """
        return None if self.is_current(blob) else self.seal(self.unseal(blob, purpose), purpose, pad=pad)

    def ids(self) -> tuple[bytes, ...]:
        """The ids of the keys, as they stand in ciphertexts, the active one first."""
        return tuple(key_id(root) for root in self._roots())

    def _roots(self) -> tuple[bytes, ...]:
        if isinstance(self._keys, KeyFile):
            return self._keys.octets()
        return (self._keys,) if isinstance(self._keys, bytes) else tuple(self._keys())


class ServerKeys(HeldKeys):
    """The server's keys: to seal what modules keep, to sign what browsers keep, and to find rows by."""

    def __init__(self, keys: KeyList, lasting: bytes | None = None, suite: Suite | None = None) -> None:
        super().__init__(keys, suite)
        self._lasting = lasting
        # What signs and what finds rows is asked for with every request.
        self._hashing: dict[str, bytes] = {}
        self._derived: dict[str, tuple[tuple[bytes, ...], Mapping[bytes, bytes]]] = {}

    def of(self, purpose: str) -> bytes:
        """The key for hashes of one purpose, named in at most 16 octets. It lasts, whatever key is active."""
        if self._lasting is None:
            return subkey(self._roots()[-1], purpose)
        found = self._hashing.get(purpose)
        if found is None:
            found = self._hashing[purpose] = subkey(self._lasting, purpose)
        return found

    def derived(self, purpose: str) -> Mapping[bytes, bytes]:
        """The keys of one purpose by the ids of those that they follow from: sign with the first, believe them all."""
        roots = self._roots()
        if purpose not in self._derived or self._derived[purpose][0] != roots:
            self._derived[purpose] = (roots, {key_id(root): subkey(root, purpose) for root in roots})
        return self._derived[purpose][1]


class VaultKeys(HeldKeys):
    """Keys apart from the server's, for the outer seal of tokens that open other services."""


def _of(root: bytes, purpose: Purpose) -> bytes:
    return subkey(root, purpose.name, purpose.owner)
