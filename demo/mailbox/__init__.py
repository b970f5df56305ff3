"""A believable mailbox: its people, letters, newsletters and papers, all invented."""

from demo.mailbox.fill import MAILBOXES, CannotFill, fill_mailbox, whole_mailbox
from demo.mailbox.people import Owner, Person
from demo.mailbox.placed import Placed

__all__ = ["MAILBOXES", "CannotFill", "Owner", "Person", "Placed", "fill_mailbox", "whole_mailbox"]
