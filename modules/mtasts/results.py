"""What the page about delivery tells."""

from dataclasses import dataclass

from core import Sentence


@dataclass(frozen=True)
class Delivery:
    """What is known of one domain, in words; `required` says that its servers take verified encryption only."""

    domain: str
    text: Sentence
    required: bool = False


@dataclass(frozen=True)
class Deliveries:
    """What is known of the domains of some recipients."""

    to: str = ""
    found: tuple[Delivery, ...] = ()
