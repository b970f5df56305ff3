"""What is found out about a message that is a report."""

from dataclasses import dataclass

from modules.reports.model import Complaint, Delivery, Receipt


@dataclass(frozen=True)
class Report:
    """A report, and the message that it is about: its subject and the address at which it opens.

    `parts` are the numbers of the parts that the card tells of, or leads to.
    """

    told: Delivery | Receipt | Complaint | None
    subject: str = ""
    original: str = ""
    is_message: bool = False
    parts: frozenset[str] = frozenset()
