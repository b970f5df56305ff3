"""The findings of mail servers in words: what was checked, how it ended, and what follows for the reader."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core import Sentence
from modules.mail.api import decode_words, readable
from modules.trust.authentication import FIELD, METHODS, Finding, Findings, believed
from modules.trust.config import TrustConfig
from modules.trust.domains import domain_of
from modules.trust.results import Check, Doubt, Weight
from modules.trust.sender import Header
from modules.trust.wording import told_of

_LONGEST_REASON = 200
# RFC 8601 2.7: where a method says which domain it looked at.
_DOMAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i"), "dmarc": ("header.from",)}
)
_FAILED = frozenset({"fail", "hardfail"})
_NOTHING_BELIEVED = Sentence("This site names no mail server whose findings about senders it believes.")
_NOTHING_FOUND = Sentence("The mail server did not say whether it checked the sender.")


def findings_of(header: Header, config: TrustConfig) -> Findings:
    """What the servers that a site believes found out about a message."""
    if not config.authserv_id or not header.all(FIELD):
        return Findings("")
    return believed(header.fields, config.believes)


def checks_of(findings: Findings) -> tuple[Check, ...]:
    """The findings that people are told, in the order of the methods."""
    if not findings.found:
        return ()
    wanted = sorted(
        (finding for finding in findings.found if finding.method in METHODS),
        key=lambda finding: METHODS.index(finding.method),
    )
    return tuple(
        Check(
            finding.method.upper(),
            told_of(finding.method, finding.result, _domain(finding)),
            decode_words(finding.reason)[:_LONGEST_REASON],
            finding.result == "pass",
        )
        for finding in wanted
    )


def confirmed(findings: Findings, domain: str) -> str:
    """The sender's domain, where a server found that it stands by the message (RFC 7489); nothing otherwise."""
    if not findings.found:
        return ""
    passed = (finding for finding in findings.found if finding.method == "dmarc" and finding.result == "pass")
    return domain if domain and any(_is_about(finding, domain) for finding in passed) else ""


def unchecked(findings: Findings, *, configured: bool) -> Sentence | None:
    """Why nothing is told of findings; None where there are some."""
    if not configured:
        return _NOTHING_BELIEVED
    return None if any(finding.method in METHODS for finding in findings.found) else _NOTHING_FOUND


def doubts_from(findings: Findings, domain: str) -> Iterator[Doubt]:
    """What a server found that speaks against the sender."""
    if not findings.found:
        return
    if any(finding.method == "dmarc" and finding.result in _FAILED for finding in findings.found):
        yield Doubt(
            Weight.DANGER,
            Sentence("This message is probably not from whom it says."),
            Sentence(
                "%(server)s found that it does not come from %(domain)s (DMARC).",
                server=findings.server,
                domain=domain,
            ),
        )
    elif not confirmed(findings, domain) and any(
        finding.method == "spf" and finding.result in _FAILED for finding in findings.found
    ):
        yield Doubt(
            Weight.CAREFUL,
            Sentence("This message may not be from whom it says."),
            Sentence(
                "%(server)s found that the server which sent it may not send for its sender (SPF).",
                server=findings.server,
            ),
        )


def _is_about(finding: Finding, domain: str) -> bool:
    told = readable(finding.properties.get("header.from", "").rpartition("@")[2])
    return not told or told == domain


def _domain(finding: Finding) -> str:
    names = _DOMAINS.get(finding.method, ())
    told = next((finding.properties[name] for name in names if finding.properties.get(name)), "")
    found = domain_of(told) if "@" in told else readable(told)
    return decode_words(found)[:_LONGEST_REASON]
