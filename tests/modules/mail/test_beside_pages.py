"""Beside which pages of the site a user's folders stand."""

from core import Access
from core.loader import shipped_modules
from core.wiring.wire import wire
from modules.mail.lists import list_mailboxes

# Admins look at these when a mail server is down, and are not to wait for it; the third comes within a message.
ALONE = {"status.status", "timing.times", "mtasts.delivery"}


def test_folders_stand_beside_every_page_of_a_user() -> None:
    plans = wire(shipped_modules()).plans.values()
    whole = [
        plan
        for plan in plans
        if plan.page.method == "GET" and plan.page.layout == "layout.html" and plan.page.access is Access.USER
    ]
    beside = {plan.page.name for plan in whole if list_mailboxes in [one.function for one in plan.handlers]}
    assert {plan.page.name for plan in whole if plan.has_own_body} - beside == ALONE
