"""Signatures (DKIM) that a believed server found to hold, and what of a message's header they cover."""

from collections.abc import Iterator, Mapping

from modules.mail.api import raw_fields
from modules.trust.authentication import Finding, believed
from modules.trust.config import TrustConfig

_SIGNATURE = "dkim-signature"
_MOST_SIGNATURES = 20
# Of a header that goes on and on nobody knows what stands at its end.
_MOST_FIELDS = 500
_LONGEST = 128 * 1024
# RFC 6008 2: so much of a signature tells it from others.
_SHORTEST_MARK = 8


class Vouching:
    """What the servers that hm3.ini names vouch for."""

    def __init__(self, config: TrustConfig) -> None:
        self._config = config

    def signer(self, header: bytes, *fields: str) -> str:
        """The domain whose signature holds, by a believed server, and covers every one of these header fields.

        Nothing where there is none. Where the server does not tell which one of a domain's signatures it means, each
        of them has to cover the fields.
        """
        found = tuple(raw_fields(header))
        if len(found) > _MOST_FIELDS or len(header) > _LONGEST:
            return ""
        names = [name.lower() for name, _ in found]
        wanted = {"from", *(field.lower() for field in fields)}
        signatures = [_tags(value) for name, value in found if name.lower() == _SIGNATURE][:_MOST_SIGNATURES]
        for finding in believed(found, self._config.believes).found:
            if finding.method != "dkim" or finding.result != "pass":
                continue
            meant = list(_meant(finding, signatures))
            if meant and all(_covers(tags, wanted, names) for tags in meant):
                return meant[0]["d"].lower()
        return ""


def _meant(finding: Finding, signatures: list[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    told = finding.properties
    domain = (told.get("header.d") or told.get("header.i", "").rpartition("@")[2]).lower()
    mark, selector = told.get("header.b", ""), told.get("header.s", "")
    for tags in signatures:
        if not domain or tags.get("d", "").lower() != domain:
            continue
        if selector and tags.get("s", "").lower() != selector.lower():
            continue
        if len(mark) >= _SHORTEST_MARK and not tags.get("b", "").startswith(mark):
            continue
        yield tags


def _covers(tags: Mapping[str, str], wanted: set[str], names: list[str]) -> bool:
    """Whether each of the wanted fields is there, and signed as often as it is (RFC 6376 5.4.2)."""
    signed = tags.get("h", "").lower().split(":")
    return all(0 < names.count(name) <= signed.count(name) for name in wanted)


def _tags(value: str) -> Mapping[str, str]:
    """The tags of a signature (RFC 6376 3.2), without white space; of one that is given twice, nothing counts."""
    tags: dict[str, str] = {}
    for piece in value.split(";"):
        name, equals, held = piece.partition("=")
        name = name.strip()
        if equals and name in tags:
            return {}
        if equals:
            tags[name] = "".join(held.split())
    return tags
