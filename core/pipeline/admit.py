"""Who may see a page: access by visitor, then permission by role."""

from core.errors import LoginNeeded, NotAllowed
from core.module import Page
from core.pipeline.scope import Scope
from core.sentences import Sentence
from core.visitor.permissions import Access, Candidate, Roles, User
from core.visitor.session import Session


def admit(page: Page, session: Session, scope: Scope, roles: Roles) -> None:
    """Let the visitor in and make them known to handlers, or raise LoginNeeded or NotAllowed."""
    visitor = session.visitor
    if page.access is Access.USER and not isinstance(visitor, User):
        raise LoginNeeded(Sentence("Please log in."))
    if page.access is Access.CANDIDATE and not isinstance(visitor, Candidate):
        raise LoginNeeded(Sentence("Please log in."))
    if page.permission is not None:
        permitted = roles.permissions(visitor.roles) if isinstance(visitor, User) else frozenset()
        if page.permission.name not in permitted:
            raise NotAllowed(Sentence("You are not allowed to see this page."))
    if visitor is not None:
        scope.add(visitor)
