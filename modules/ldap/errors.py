"""What can go wrong with a directory. People read whom to tell; hosts, DNs and reasons are for the log alone."""

from core import Sentence, UpstreamError


class Unreachable(UpstreamError):
    """This server does not answer, or cannot now; another one may."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The directory that knows your password cannot be reached just now. Please try again later.")
        )


class CertificateRefused(UpstreamError):
    """This server is not to be trusted; nothing secret was sent."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The directory server could not show who it is, so your password was not sent. Tell the admin.")
        )


class Misconfigured(UpstreamError):
    """The directory answers, but not as hm3.ini expects; only an admin can mend that."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The directory and this site do not fit together, so nobody can log in by it. Tell the admin.")
        )


class MissingEntry(Misconfigured):
    """An entry that hm3.ini names is not there, or may not be seen."""


class Unclear(UpstreamError):
    """The password is right, but the directory does not say in one way who this is."""

    def __init__(self) -> None:
        super().__init__(Sentence("The directory does not tell one user name for you alone. Tell the admin."))
