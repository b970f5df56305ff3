"""What events adds to requests: streams end at once when their session is logged out."""

from core import AtLogout, Session
from modules.events.hub import Hub


def end_at_logout(session: Session, hub: Hub) -> AtLogout:
    """End the session's streams when it ends."""
    name = session.id
    return AtLogout(lambda: hub.end_session(name))
