"""How checks of a message ended, in words for readers: what it means for the message in front of them."""

from core import Sentence


def told_of(method: str, result: str, domain: str = "") -> Sentence:
    """What one check came to, by its method and result (RFC 8601 2.7) and the domain that it is about."""
    told = {"spf": _spf, "dkim": _dkim, "dmarc": _dmarc, "arc": _arc}.get(method, _nothing)(result, domain)
    return told or _otherwise(result)


def _spf(result: str, known: str) -> Sentence | None:
    domain = known or Sentence("its sender")
    match result:
        case "pass":
            return Sentence("Sent by a server that may send for %(domain)s", domain=domain)
        case "fail" | "hardfail":
            return Sentence("Sent by a server that may not send for %(domain)s", domain=domain)
        case "softfail":
            return Sentence("Sent by a server that probably may not send for %(domain)s", domain=domain)
        case "neutral":
            return Sentence("Not told whether the server that sent it may send for %(domain)s", domain=domain)
        case "none":
            return Sentence("Not told which servers may send for %(domain)s", domain=domain)
    return None


def _dkim(result: str, known: str) -> Sentence | None:
    domain = known or Sentence("an unnamed domain")
    match result:
        case "pass":
            return Sentence("Signed by %(domain)s, and unchanged since", domain=domain)
        case "fail" | "hardfail":
            return Sentence("The signature in the name of %(domain)s does not hold", domain=domain)
        case "none":
            return Sentence("Not signed")
        case "policy":
            return Sentence("The signature in the name of %(domain)s is not accepted", domain=domain)
        case "temperror":
            return Sentence("The signature in the name of %(domain)s could not be checked this time", domain=domain)
        case "neutral" | "permerror":
            return Sentence("The signature in the name of %(domain)s could not be checked", domain=domain)
    return None


def _dmarc(result: str, known: str) -> Sentence | None:
    domain = known or Sentence("its sender's domain")
    match result:
        case "pass":
            return Sentence("Really from %(domain)s", domain=domain)
        case "fail" | "hardfail":
            return Sentence("Not from %(domain)s, though it says so", domain=domain)
        case "none":
            return Sentence("No rules are known for mail from %(domain)s", domain=domain)
    return None


def _arc(result: str, _: str) -> Sentence | None:
    match result:
        case "pass":
            return Sentence("What those who passed it on found is sealed and unchanged")
        case "fail" | "hardfail":
            return Sentence("What those who passed it on found cannot be relied on")
        case "none":
            return Sentence("Nobody who passed it on tells what they found")
    return None


def _nothing(_: str, __: str) -> None:
    return None


def _otherwise(result: str) -> Sentence:
    match result:
        case "none":
            return Sentence("Nothing to check")
        case "neutral":
            return Sentence("Left open")
        case "policy":
            return Sentence("Not accepted")
        case "temperror":
            return Sentence("Could not be checked this time")
        case "permerror":
            return Sentence("Could not be checked")
    return Sentence("The check ended as “%(result)s”", result=result)
