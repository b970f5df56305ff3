"""Checking the signatures of one message: which hold, what they cover, and in words why others do not."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import Sentence
from modules.dkim.canonical import HeaderField, canonical_body, covered, read_fields, select
from modules.dkim.keys import PublishedKey
from modules.dkim.tags import SignatureTags, Unfit, domain_tag, read_signature, without_signature
from modules.trust.api import Signature

# RFC 6376 8.4: nobody has to check any number of them.
MOST_SIGNATURES = 5

# How checks end (RFC 8601 2.7.1).
PASSED, FAILED, NOT_ACCEPTED, NOT_NOW = "pass", "fail", "policy", "temperror"

_CHANGED_TEXT = Sentence("The text was changed after it was signed, as some mailing lists do.")
_CHANGED_HEADER = Sentence("What stands above the text was changed after it was signed, or somebody else signed it.")
_NO_SENDER = Sentence("It does not cover the sender.")
_TRYING = Sentence("The domain says that it only tries its signatures out.")


@dataclass(frozen=True)
class Claim:
    """A signature whose own words are in order."""

    field: HeaderField
    tags: SignatureTags


def read_claims(header: bytes, received: datetime) -> Iterator[Claim | Signature]:
    """The signatures of a header block; what is not checked any further is already judged."""
    block = header.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    fields = [field for field in read_fields(block) if field.name == "dkim-signature"]
    for field in fields[:MOST_SIGNATURES]:
        try:
            yield Claim(field, read_signature(field.value, received))
        except Unfit as error:
            yield refused(domain_tag(field.value), error)


def refused(domain: str, error: Unfit) -> Signature:
    """A signature that is not believed, whether it would hold or not."""
    return Signature(domain, NOT_ACCEPTED, error.reason)


def check(claim: Claim, key: PublishedKey, fields: Sequence[HeaderField], body: bytes) -> Signature:
    """Whether a signature holds for a message of these fields and this body (RFC 6376 6.1.3)."""
    tags = claim.tags
    shown = canonical_body(body, relaxed=tags.relaxed_body)
    signed = shown if tags.length is None else shown[: tags.length]
    if tags.length is not None and tags.length > len(shown):
        return Signature(tags.domain, FAILED, _CHANGED_TEXT)
    if hashlib.sha256(signed).digest() != tags.body_hash:
        return Signature(tags.domain, FAILED, _CHANGED_TEXT)
    if not key.signed(tags.signature, _signed_header(claim, fields)):
        return Signature(tags.domain, FAILED, _CHANGED_HEADER)
    names = covered(fields, tags.names)
    whole = len(signed) == len(shown)
    good = "from" in names and not key.testing
    return Signature(tags.domain, PASSED, _but(names, key, len(signed), len(shown)), good, names, whole)


def _signed_header(claim: Claim, fields: Sequence[HeaderField]) -> bytes:
    relaxed = claim.tags.relaxed_header
    lines = [field.canonical(relaxed=relaxed) for field in select(fields, claim.tags.names)]
    own = HeaderField(claim.field.name, without_signature(claim.field.raw))
    return b"\r\n".join((*lines, own.canonical(relaxed=relaxed)))


def _but(names: frozenset[str], key: PublishedKey, signed: int, all_: int) -> Sentence | None:
    """What takes from the worth of a signature that holds."""
    if "from" not in names:
        return _NO_SENDER
    if key.testing:
        return _TRYING
    if signed < all_:
        return Sentence(
            "It covers only the first %(signed)s of %(all)s octets of the text: anybody may have added what follows.",
            signed=f"{signed:,}",
            all=f"{all_:,}",
        )
    return None
