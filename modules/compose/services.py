"""What composing needs besides mail itself: where uploads are kept, what was sent, and whom a user sends as."""

from pathlib import Path

from core import AppConfig, AtLogout, Clock, Session, User
from modules.compose.checking import UploadChecks
from modules.compose.module import module
from modules.compose.once import SentOnce
from modules.compose.results import SendingIdentity
from modules.compose.settings import ComposeConfig, ComposeSettings
from modules.compose.uploads import KEY, Uploads, remove_old_uploads, upload_key
from modules.mail.api import AttachmentJudge, MailAccount, OwnAddresses, VirusScanner


@module.service
def open_uploads(
    session: Session,
    app: AppConfig,
    config: ComposeConfig,
    clock: Clock,
    judge: AttachmentJudge | None,
    scanner: VirusScanner | None,
) -> Uploads:
    """This session's uploads; what others left behind long ago goes."""
    remove_old_uploads(_uploads(app), clock.now())
    return Uploads(_uploads(app), upload_key(session), config.limits, UploadChecks(judge, scanner))


@module.service
def forget_uploads(session: Session, app: AppConfig, config: ComposeConfig) -> AtLogout:
    """Remove the session's uploads when it ends."""

    def forget() -> None:
        if KEY in session.secrets:
            Uploads(_uploads(app), upload_key(session), config.limits).clear_all()

    return AtLogout(forget)


@module.service
def remember_sent(app: AppConfig, clock: Clock) -> SentOnce:
    """Which compositions were sent."""
    return SentOnce(app.data / "compose" / "sent", clock.now)


@module.service
def main_identity(
    user: User, session: Session, settings: ComposeSettings, config: ComposeConfig, account: MailAccount | None
) -> SendingIdentity:
    """The account's address and name; without them what the login told, or what follows from the user's name."""
    guessed = user.name if "@" in user.name or not config.domain else f"{user.name}@{config.domain}"
    address, name = (account.address, account.display_name) if account is not None else ("", "")
    return SendingIdentity(
        name or settings.name or session.display_name, address or session.address or guessed, settings.signature
    )


@module.service
def own_addresses(identities: tuple[SendingIdentity, ...]) -> OwnAddresses:
    """All addresses that the user sends as."""
    return OwnAddresses(tuple([one.address for one in identities]))


def _uploads(app: AppConfig) -> Path:
    return app.data / "compose" / "uploads"
