"""What contact cards lead to: addresses, numbers and web addresses as links of a message may be, and nothing else."""

import pytest

from modules.mail.api import JudgedLink, Links
from modules.vcards.judging import judge_contact, judge_email
from modules.vcards.model import Contact, Entry


def phone(number: str) -> str | None:
    return judge_contact(Contact(phones=(Entry(number),)), Links()).phones[0].link.href


def web(address: str) -> JudgedLink:
    return judge_contact(Contact(webs=(Entry(address),)), Links()).webs[0].link


@pytest.mark.parametrize("address", ["a@b.test", "MAILTO:a@b.test"])
def test_an_address_can_be_written_to(address: str) -> None:
    email = judge_email(Entry(address))
    assert (email.entry.value, email.to, email.doubt) == ("a@b.test", "a@b.test", None)


@pytest.mark.parametrize(
    "address", ["nobody", "a@b.test, c@d.test", '"A" <a@b.test>', "a[U+202E]@b.test", "a@b.test?cc=c@d"]
)
def test_what_is_more_or_less_than_one_address_is_only_shown(address: str) -> None:
    email = judge_email(Entry(address))
    assert (email.entry.value, email.to) == (address, "")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("a\u200db@c.test", "characters that cannot be seen"),
        ("a@p\u0430ypal.test", "may look like a domain that it is not: for machines it is xn--"),
        ("a@\u0440\u0430\u0443.test", "only looks like pay.test"),
        ("a@xn--a.test", "claims to be a name"),
        ("a@gr\u00fcn.test", "xn--grn-ioa.test for machines"),
    ],
)
def test_what_is_odd_about_an_address_is_said(address: str, said: str) -> None:
    assert said in str(judge_email(Entry(address)).doubt)


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("+1 (555) 0100", "tel:+1 (555) 0100"),
        ("tel:+1-555-0100", "tel:+1-555-0100"),
        ("ask the porter", None),
        ("*21*0900#", None),
        ("javascript:alert(1)", None),
    ],
)
def test_numbers_are_dialled_where_they_are_numbers(number: str, href: str | None) -> None:
    assert phone(number) == href


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("https://a.test/b", "https://a.test/b"),
        ("www.a.test", "https://www.a.test"),
        ("mailto:a@b.test", "/compose?to=a%40b.test"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://a.test/" + "a" * 490 + "…", None),
    ],
)
def test_web_addresses_lead_where_links_may(address: str, href: str | None) -> None:
    assert web(address).href == href
