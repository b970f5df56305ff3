"""Make the known answers of encryption and key derivation: `python -m tests.vectors.make`, without any code of hm3.

Each is computed with another implementation than hm3 uses: libsodium for what hm3 takes from hashlib, OpenSSL's command
and the standard library for what it takes from cryptography, and cryptography for what it takes from libsodium. The
ciphertexts are put together here, from the description of the format, and not by hm3.
"""

import hashlib
import hmac
import json
import struct
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from nacl.bindings import crypto_generichash_blake2b_salt_personal

Vectors = list[dict[str, object]]

HERE = Path(__file__).resolve().parent
KEYS = (bytes(range(32)), bytes.fromhex("f3" * 16 + "07" * 16))
PURPOSES = (
    {"name": "hm3.test", "owner": "", "kind": "", "object": "", "version": 0},
    {"name": "hm3.settings", "owner": "a1" * 32, "kind": "settings", "object": "mail.list", "version": 0},
    {"name": "hm3.session", "owner": "Zoë", "kind": "session", "object": "0f" * 32, "version": 2**40 + 7},
)
PLAINS = (b"", b"words", bytes(range(256)))
NONCES = {1: bytes(range(64, 88)), 2: bytes(range(16)), 3: bytes(range(200, 212))}


def blake2b(data: bytes, size: int, key: bytes = b"", salt: bytes = b"", person: bytes = b"") -> bytes:
    """Keyed BLAKE2b by libsodium, which always hashes 16 octets of salt and of person."""
    padded = (salt.ljust(16, b"\0"), person.ljust(16, b"\0"))
    return bytes(crypto_generichash_blake2b_salt_personal(data, size, key, *padded))


def hkdf(key: bytes, info: bytes, length: int, salt: bytes = b"") -> bytes:
    """HKDF-SHA-512 from its definition (RFC 5869 2.2, 2.3)."""
    extracted = hmac.digest(salt or bytes(64), key, "sha512")
    made, block = b"", b""
    for number in range(1, 256):
        block = hmac.digest(extracted, block + info + bytes([number]), "sha512")
        made += block
        if len(made) >= length:
            return made[:length]
    raise ValueError("too long")


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """The key of XChaCha20 for 16 octets of its nonce (draft-irtf-cfrg-xchacha 2.2)."""
    state = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key), *struct.unpack("<4I", nonce)]

    def turn(word: int, by: int) -> int:
        return (word << by | word >> (32 - by)) & 0xFFFFFFFF

    def quarter(a: int, b: int, c: int, d: int) -> None:
        for total, added, mixed, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[total] = (state[total] + state[added]) & 0xFFFFFFFF
            state[mixed] = turn(state[mixed] ^ state[total], by)

    for _ in range(10):
        for place in range(4):
            quarter(place, 4 + place, 8 + place, 12 + place)
        for place in range(4):
            quarter(place, 4 + (place + 1) % 4, 8 + (place + 2) % 4, 12 + (place + 3) % 4)
    return struct.pack("<8I", *state[:4], *state[12:])


def openssl(cipher: str, key: bytes, data: bytes, *more: str) -> bytes:
    """What OpenSSL's command encrypts."""
    command = ["openssl", "enc", f"-{cipher}", "-K", key.hex(), *more]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def gcm(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """AES-256-GCM (NIST SP 800-38D) out of OpenSSL's single blocks."""
    blocks = 2 + (len(plain) + 15) // 16
    counters = b"".join(nonce + number.to_bytes(4, "big") for number in range(1, blocks))
    stream = openssl("aes-256-ecb", key, bytes(16) + counters, "-nopad")
    hash_key, first, stream = int.from_bytes(stream[:16], "big"), stream[16:32], stream[32:]
    sealed = bytes(one ^ other for one, other in zip(plain, stream, strict=False))
    hashed = 0
    for part in (bound, sealed, struct.pack(">QQ", 8 * len(bound), 8 * len(sealed))):
        for place in range(0, len(part), 16):
            hashed = _times(hashed ^ int.from_bytes(part[place : place + 16].ljust(16, b"\0"), "big"), hash_key)
    return sealed + bytes(one ^ other for one, other in zip(hashed.to_bytes(16, "big"), first, strict=True))


def _times(left: int, right: int) -> int:
    """Multiplication in the field of GCM."""
    product, factor = 0, right
    for place in range(127, -1, -1):
        product ^= factor if left >> place & 1 else 0
        factor = factor >> 1 ^ (0xE1 << 120 if factor & 1 else 0)
    return product


def bound_by(head: bytes, purpose: dict[str, object]) -> bytes:
    """What is authenticated with a ciphertext and not part of it."""
    fields = [str(purpose[name]).encode() for name in ("name", "owner", "kind", "object")]
    counted = b"".join(struct.pack(">I", len(field)) + field for field in fields)
    return struct.pack(">I", 3) + b"hm3" + head + counted + struct.pack(">Q", purpose["version"])


def body(suite: int, key: bytes, plain: bytes, bound: bytes) -> bytes:
    """The body of a ciphertext in a suite."""
    nonce = NONCES[suite]
    if suite == 1:
        inner = hchacha20(key, nonce[:16])
        return nonce + ChaCha20Poly1305(inner).encrypt(bytes(4) + nonce[16:], plain, bound)
    if suite == 2:
        both = hkdf(key, b"hm3\0suite\2", 96)
        sealed = openssl("aes-256-cbc", both[:32], plain, "-iv", nonce.hex())
        mac = hmac.digest(both[32:], bound + struct.pack(">Q", len(bound)) + nonce + sealed, "sha512")
        return nonce + sealed + mac[:32]
    return nonce + gcm(hkdf(key, b"hm3\0suite\3", 32), nonce, plain, bound)


def sealed_vectors() -> Vectors:
    """Ciphertexts of every suite, with and without padding."""
    found: Vectors = []
    for suite in (1, 2, 3):
        for number, purpose in enumerate(PURPOSES):
            for plain, pad in ((PLAINS[number], 0), (PLAINS[number], 64)):
                key = KEYS[number % 2]
                head = bytes([1, suite]) + blake2b(key, 8, person=b"hm3.kid")
                filled = b"\1" + plain + b"\x80" + bytes(-(len(plain) + 1) % pad) if pad else b"\0" + plain
                blob = head + body(suite, key, filled, bound_by(head, purpose))
                row = {"suite": suite, "key": key.hex(), "purpose": purpose, "plain": plain.hex(), "pad": pad}
                found.append({**row, "nonce": NONCES[suite].hex(), "blob": blob.hex()})
    return found


def derived_vectors() -> dict[str, Vectors]:
    """Keys that follow from keys, passwords and codes."""
    subkeys: Vectors = []
    for key, purpose, context in ((KEYS[0], "hm3.settings", ""), (KEYS[1], "sixteen letters!", "Zoë")):
        salt = blake2b(context.encode(), 16) if context else hashlib.blake2b(b"", digest_size=16).digest()
        made = blake2b(b"", 32, key, salt, purpose.encode())
        subkeys.append({"key": key.hex(), "purpose": purpose, "context": context, "made": made.hex()})
    lookups: Vectors = [
        {"key": key.hex(), "value": value, "made": blake2b(value.encode(), 32, key).hex()}
        for key, value in ((KEYS[0], "ada@example.org"), (KEYS[1], "Zoë"))
    ]
    passwords = ("correct horse", "  Zoë \0 🐎 ", "x" * 1024)
    slow: Vectors = []
    for password in passwords:
        for memory, passes in ((19 * 1024, 2), (64 * 1024, 3)):
            salt = hashlib.sha256(password.encode()).digest()[:16]
            argon = Argon2id(salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory)
            how = f"argon2id:{memory * 1024}:{passes}"
            made = argon.derive(password.encode())
            slow.append({"password": password, "how": how, "salt": salt.hex(), "made": made.hex()})
        salt = hashlib.sha512(password.encode()).digest()[:32]
        for rounds in (210_000, 600_000):
            made = PBKDF2HMAC(SHA512(), 32, salt, rounds).derive(password.encode())
            slow.append(
                {"password": password, "how": f"pbkdf2-sha512:{rounds}", "salt": salt.hex(), "made": made.hex()}
            )
    code, salt = bytes(range(20)), bytes(range(16))
    recovered: Vectors = [
        {"code": code.hex(), "salt": salt.hex(), "made": hkdf(code, b"hm3\0recovery", 32, salt).hex()}
    ]
    return {"subkey": subkeys, "lookup": lookups, "password": slow, "recovery": recovered}


def main() -> None:
    """Write the files beside this one."""
    for name, vectors in (("sealed", sealed_vectors()), ("derived", derived_vectors())):
        (HERE / f"{name}.json").write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
