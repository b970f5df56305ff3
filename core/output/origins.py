"""What a page may load from elsewhere: the one way in which a module widens the content security policy."""

from dataclasses import dataclass

from core.module import Page


@dataclass(frozen=True)
class Origins:
    """Sources outside of this site that one page may use. Modules offer these as shared services.

    Only the policy of that page becomes wider, and of pages whose refusals are shown on it. Where others' scripts run,
    Trusted Types cannot be asked for, because those scripts do not know ours.
    """

    page: Page
    scripts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
