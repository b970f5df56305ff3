"""IMAP: what other modules may use of it, such as to open further accounts of a user."""

from modules.imap.access import MAIN, PASSWORD, USERNAME, Access, MailAccess, MailSetup
from modules.imap.config import ImapConfig
from modules.imap.errors import (
    CertificateRefused,
    LoginRefused,
    QuotaFull,
    ServerGone,
    ServerRefused,
    Unreachable,
    WrongPassword,
)
from modules.imap.idling import Idling, News, NoIdle, NoNotify
from modules.imap.login import Credentials, connect
from modules.imap.pool import Account, ConnectionPool
from modules.imap.server import Compression, Mechanism, Server
from modules.imap.services import offer_authenticator
from modules.imap.store import ImapStore
from modules.mail.api import MailAccount

__all__ = [
    "MAIN",
    "PASSWORD",
    "USERNAME",
    "Access",
    "Account",
    "CertificateRefused",
    "Compression",
    "ConnectionPool",
    "Credentials",
    "Idling",
    "ImapConfig",
    "ImapStore",
    "LoginRefused",
    "MailAccess",
    "MailAccount",
    "MailSetup",
    "Mechanism",
    "News",
    "NoIdle",
    "NoNotify",
    "QuotaFull",
    "Server",
    "ServerGone",
    "ServerRefused",
    "Unreachable",
    "WrongPassword",
    "connect",
    "offer_authenticator",
]
