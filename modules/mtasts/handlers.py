"""The handlers that find out how mail travels to the recipients of a message."""

from collections.abc import Iterable, Mapping

from core import Sentence
from modules.compose.api import ComposeForm, compose_page, read_recipients
from modules.mtasts.inputs import Asked
from modules.mtasts.module import delivery_page, module
from modules.mtasts.policies import Policies, domains_of
from modules.mtasts.policy import Mode, MtaPolicy
from modules.mtasts.results import Deliveries, Delivery


@module.handler(compose_page)
def recall_deliveries(form: ComposeForm, policies: Policies) -> Deliveries:
    """What is known of the recipients so far: nobody is asked before a page is shown."""
    domains = domains_of(_addresses(", ".join(filter(None, (form.to, form.cc, form.bcc)))))
    return Deliveries(found=tuple(told(policies.known(domains), domains)))


@module.handler(delivery_page)
def find_deliveries(asked: Asked, policies: Policies) -> Deliveries:
    """What the servers of recipients say."""
    domains = domains_of(_addresses(asked.to))
    return Deliveries(asked.to, tuple(told(policies.find(domains), domains)))


def told(known: Mapping[str, MtaPolicy | None], domains: Iterable[str]) -> Iterable[Delivery]:
    """Policies in words, in the order of the domains; nothing of those of which nothing is known."""
    for domain in domains:
        if domain in known:
            policy = known[domain]
            yield Delivery(domain, _said(domain, policy), policy is not None and policy.mode is Mode.ENFORCE)


def _said(domain: str, policy: MtaPolicy | None) -> Sentence:
    if policy is not None and policy.mode is Mode.ENFORCE:
        return Sentence("The server of %(domain)s requires encrypted delivery (MTA-STS).", domain=domain)
    if policy is not None and policy.mode is Mode.TESTING:
        return Sentence("The server of %(domain)s is trying encrypted delivery out (MTA-STS).", domain=domain)
    return Sentence("The server of %(domain)s does not say that it requires encrypted delivery.", domain=domain)


def _addresses(text: str) -> tuple[str, ...]:
    try:
        return tuple(person.address for person in read_recipients(text))
    except ValueError:
        return tuple(piece.strip() for piece in text.split(","))
