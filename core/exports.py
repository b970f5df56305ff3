"""What `core` offers to modules: imported with the first name that is asked of it (see there)."""

from core.database.engine import Database
from core.database.questions import Change, Changes, Question
from core.database.settings import Returned
from core.errors import (
    ConfigError,
    Conflict,
    FieldError,
    InputError,
    LoggedInAgain,
    LoginNeeded,
    NotAllowed,
    NotFound,
    NotOffered,
    Refusal,
    SetupNeeded,
    TooLarge,
    TooMany,
    Unavailable,
    UpstreamError,
    WebmailError,
    WiringError,
    WrongOption,
)
from core.ini.app import AppConfig
from core.ini.schema import option, section_word
from core.ini.session import SessionConfig
from core.ini.values import RoleName, Size, parse_span
from core.input.fields import cookie, form, header, inputs, path, query, upload
from core.input.reading import Client, ContentHost, RawRequest, Upload
from core.input.values import BIDI_CONTROLS, Count, Line, Port, RowId, Secret, SitePath, Text
from core.look import LookSettings, visitor_zone
from core.module import Module, Page, Permission, Phase
from core.output.forms import FormState
from core.output.live import Outlet
from core.output.origins import Origins
from core.output.slots import (
    Format,
    Fragment,
    MenuEntry,
    Notice,
    Policy,
    Rate,
    Redirect,
    Slot,
    Stream,
    Undo,
    Wanted,
    layout_sidebar,
)
from core.pipeline.answer import Application, Data, Shown, Streamed
from core.pipeline.failures import Failing, Failures
from core.pipeline.guesses import Guess, Guesses
from core.pipeline.meters import Measured, Meters, TimingConfig
from core.security import agreement, apart, crypto, lookup, outside, recovery, sasl, tls
from core.security.agreement import AjaxConfig
from core.security.held import ServerKeys, VaultKeys
from core.security.passwords import PasswordHasher
from core.security.resealing import ServerSealed
from core.security.suites import Suite
from core.security.weak_passwords import refuse_weak
from core.sentences import Moment, Sentence, pack, unpack
from core.settings import SettingsField, SettingsSection, SubmittedSettings, UserSettings, section_name, setting
from core.terminal import Confirmation, PasswordPrompt
from core.visitor.client_keys import ClientKeys
from core.visitor.devices import Device, Devices, describe_device, read_device
from core.visitor.farewell import AtFarewell, Farewell
from core.visitor.keys import Keyring
from core.visitor.lasting import LastingLogin
from core.visitor.left import LeftBehind, LeftKey
from core.visitor.living import LivingSessions
from core.visitor.login import (
    SECOND_FACTOR,
    AtLogin,
    AtLogout,
    Authenticator,
    Clock,
    Identity,
    Login,
    LoginAttempt,
    LoginBar,
    LoginGate,
    LoginStep,
    OwnAuthenticator,
    PasswordCheck,
    StepWaiver,
    UnlockPage,
    in_turn,
)
from core.visitor.permissions import Access, Candidate, Roles, User
from core.visitor.renewal import KeyRenewal, Resealing, UserSealed
from core.visitor.revocation import AtRevocation, Revocation
from core.visitor.session import Session
from core.visitor.store import SessionStore
from core.visitor.visit import Visit
from core.visitor.wraps import KeyWrap, WrapKind
from core.wiring.later import Later

__all__ = [
    "AtFarewell",
    "Confirmation",
    "Farewell",
    "LeftBehind",
    "LeftKey",
    "Later",
    "LivingSessions",
    "PasswordHasher",
    "PasswordPrompt",
    "Returned",
    "refuse_weak",
    "SECOND_FACTOR",
    "Device",
    "Devices",
    "ServerKeys",
    "VaultKeys",
    "KeyRenewal",
    "Resealing",
    "ServerSealed",
    "UserSealed",
    "crypto",
    "recovery",
    "WrapKind",
    "UnlockPage",
    "PasswordCheck",
    "LoginGate",
    "LoginAttempt",
    "LoginBar",
    "Keyring",
    "KeyWrap",
    "Database",
    "AtLogin",
    "BIDI_CONTROLS",
    "Access",
    "AppConfig",
    "AjaxConfig",
    "Application",
    "ClientKeys",
    "agreement",
    "apart",
    "AtLogout",
    "AtRevocation",
    "Authenticator",
    "Candidate",
    "Change",
    "Changes",
    "Client",
    "ContentHost",
    "Clock",
    "ConfigError",
    "Conflict",
    "Count",
    "Data",
    "Failing",
    "Failures",
    "FieldError",
    "FormState",
    "Format",
    "Fragment",
    "Guess",
    "Guesses",
    "Identity",
    "InputError",
    "LastingLogin",
    "Line",
    "Login",
    "Measured",
    "Meters",
    "TimingConfig",
    "LoggedInAgain",
    "LoginNeeded",
    "LoginStep",
    "LookSettings",
    "MenuEntry",
    "Module",
    "Moment",
    "NotAllowed",
    "NotFound",
    "NotOffered",
    "Notice",
    "Origins",
    "Outlet",
    "OwnAuthenticator",
    "Page",
    "Permission",
    "Phase",
    "Policy",
    "Port",
    "Rate",
    "Question",
    "RawRequest",
    "Redirect",
    "Refusal",
    "Revocation",
    "Roles",
    "RoleName",
    "RowId",
    "Secret",
    "Sentence",
    "Session",
    "SessionConfig",
    "SessionStore",
    "SettingsField",
    "SettingsSection",
    "Shown",
    "SetupNeeded",
    "SitePath",
    "Size",
    "Slot",
    "Stream",
    "Suite",
    "StepWaiver",
    "Streamed",
    "SubmittedSettings",
    "Text",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "Undo",
    "UpstreamError",
    "Upload",
    "User",
    "UserSettings",
    "Visit",
    "Wanted",
    "WebmailError",
    "WiringError",
    "WrongOption",
    "cookie",
    "describe_device",
    "form",
    "header",
    "in_turn",
    "inputs",
    "layout_sidebar",
    "lookup",
    "option",
    "outside",
    "pack",
    "parse_span",
    "path",
    "query",
    "read_device",
    "sasl",
    "section_name",
    "section_word",
    "setting",
    "tls",
    "unpack",
    "upload",
    "visitor_zone",
]
