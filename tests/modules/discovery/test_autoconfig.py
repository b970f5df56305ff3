"""What is read of an autoconfig document, and which documents are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.discovery.autoconfig import fill, read_autoconfig
from modules.discovery.model import FoundServers, PasswordRule, Source
from modules.discovery.values import MailAddress
from tests.modules.discovery.net import ADA, CONFIG, told

BOMB = """<?xml version="1.0"?><!DOCTYPE clientConfig [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<clientConfig>&b;</clientConfig>"""
OUTSIDE = '<!DOCTYPE clientConfig [<!ENTITY x SYSTEM "file:///etc/passwd">]><clientConfig>&x;</clientConfig>'


def read(text: str | bytes) -> FoundServers | None:
    """What a document tells of Ada's servers."""
    return read_autoconfig(text.encode() if isinstance(text, str) else text, ADA)


def test_the_first_server_that_can_be_used_is_taken() -> None:
    found = read(CONFIG)
    assert found is not None and told(found) == [
        "ada imap.found.test:993 tls",
        "ada@found.test smtp.found.test:587 starttls",
    ]
    assert (found.source, found.provider, found.passwords) == (Source.AUTOCONFIG, "Found Mail", PasswordRule.ACCOUNT)


def test_servers_that_do_not_encrypt_are_left_out() -> None:
    assert read(CONFIG.replace("<socketType>SSL", "<socketType>plain")) is None
    found = read(CONFIG.replace("<socketType>STARTTLS", "<socketType>plain"))
    assert found is not None and found.smtp is None


def test_who_takes_tokens_alone_takes_no_password() -> None:
    found = read(CONFIG.replace("password-cleartext", "OAuth2"))
    assert found is not None and found.passwords is PasswordRule.NONE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("imap.found.test", "127.0.0.1"),
        ("imap.found.test", "[::1]"),
        ("imap.found.test", "imap"),
        ("imap.found.test", "imap.found.test&#9;x"),
        ("imap.found.test", ""),
        (">993<", ">0<"),
        (">993<", ">65536<"),
        (">993<", ">-1<"),
        (">993<", ">9e2<"),
        (">993<", "><"),
        ("<username>%EMAILLOCALPART%", "<username>a&#10;b"),
        ("<username>%EMAILLOCALPART%", "<username>a&#8238;b"),
        ("<username>%EMAILLOCALPART%", f"<username>{'a' * 321}"),
        ('type="imap"', 'type="jmap"'),
    ],
)
def test_a_server_that_makes_no_sense_is_none(old: str, new: str) -> None:
    assert read(CONFIG.replace(old, new, 1)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no document",
        "<html><body>Not here</body></html>",
        "<clientConfig/>",
        "<clientConfig><emailProvider>",
        BOMB,
        OUTSIDE,
        "<!DOCTYPE clientConfig><clientConfig><emailProvider/></clientConfig>",
        '<?xml version="1.0" encoding="no-such-charset"?><clientConfig/>',
        b"\xff\xfe\x00<",
        "<a>" * 20_000,
    ],
)
def test_what_is_no_autoconfig_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="the document"):
        read(text)


def test_placeholders_are_filled_in_once() -> None:
    address = MailAddress("%emaildomain%@found.test")
    assert fill("%EMAILLOCALPART%|%EMAILADDRESS%", address) == "%emaildomain%|%emaildomain%@found.test"


def test_the_name_of_a_provider_is_one_line_of_bounded_length() -> None:
    found = read(CONFIG.replace("Found Mail", f"Found\n\u202e  Mail {'x' * 500}"))
    assert found is not None and found.provider.startswith("Found Mail xxx") and len(found.provider) == 60


@given(st.binary(max_size=300))
def test_no_document_breaks_the_reader(octets: bytes) -> None:
    try:
        assert read(octets) is None
    except ValueError as error:
        assert "the document" in str(error)
