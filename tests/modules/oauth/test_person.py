"""Whom claims speak of: names that nobody else gets, addresses, roles."""

from typing import Any

import pytest

from core import Line
from modules.oauth.config import ProviderConfig
from modules.oauth.errors import Denied
from modules.oauth.identity import issuer_of
from modules.oauth.person import mail_name_of, person_of
from modules.oauth.values import Claim, Domain, Issuer, Kind, Naming, ProviderName, RoleValues

ISSUER = "https://login.example.org"
ADA = {"sub": "1815", "email": "Ada@Example.ORG", "email_verified": True, "name": "Ada Lovelace"}


def provider(**options: Any) -> ProviderConfig:  # Any: options of any type
    usual: dict[str, Any] = {"provider": ProviderName("work"), "client_id": Line("c"), "issuer": Issuer(ISSUER)}
    return ProviderConfig(**{**usual, **options})


def by_email(**options: Any) -> ProviderConfig:  # Any: as above
    return provider(name=Naming.EMAIL, allowed_domains=(Domain("example.org"),), **options)


def test_a_name_is_made_of_the_subject_and_the_whole_issuer() -> None:
    person = person_of(ADA, provider(), ISSUER)
    assert person.name == "1815@https://login.example.org"
    assert (person.display_name, person.address, person.mail_name) == (
        "Ada Lovelace",
        "ada@example.org",
        "Ada@Example.ORG",
    )


def test_another_address_is_still_the_same_person() -> None:
    moved = {**ADA, "email": "countess@example.org"}
    assert person_of(moved, provider(), ISSUER).name == person_of(ADA, provider(), ISSUER).name


def test_the_address_is_the_name_where_the_admin_says_so() -> None:
    assert person_of(ADA, by_email(), ISSUER).name == "ada@example.org"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email": "ada@elsewhere.example"},
        {"email": "ada@example.org@elsewhere.example"},
        {"email": "ada@sub.example.org"},
        {"email": ["ada@example.org"]},
        {"email": None},
        {"email": "ada @example.org"},
        {"email": "<ada@example.org"},
        {"email": "a\u202eda@example.org"},
        {"email": "@example.org"},
    ],
)
@pytest.mark.parametrize("naming", list(Naming))
def test_an_address_that_nobody_vouches_for_does_not_log_in(claims: dict[str, object], naming: Naming) -> None:
    with pytest.raises(Denied, match="vouches for no address"):
        person_of({**ADA, **claims}, provider(name=naming, allowed_domains=(Domain("example.org"),)), ISSUER)


def test_roles_come_from_the_values_of_a_claim() -> None:
    roles = RoleValues.parse("admin: mail-admins; support: helpdesk\nsupport: desk")
    named = provider(roles=roles, roles_claim=Claim("groups"))
    assert person_of({**ADA, "groups": ["mail-admins", 5, "desk"]}, named, ISSUER).roles == {"admin", "support"}
    assert person_of({**ADA, "groups": "helpdesk"}, named, ISSUER).roles == {"support"}
    assert person_of(ADA, named, ISSUER).roles == frozenset()
    assert person_of({**ADA, "groups": ["mail-admins"]}, provider(), ISSUER).roles == frozenset()


def test_what_cannot_be_shown_is_left_out() -> None:
    assert person_of({**ADA, "name": "Ada\nLovelace"}, provider(), ISSUER).display_name == ""
    assert len(person_of({**ADA, "name": "x" * 500}, provider(), ISSUER).display_name) == 100


def test_the_mailbox_has_the_name_that_the_kind_says() -> None:
    microsoft = ProviderConfig(provider=ProviderName("ms"), client_id=Line("c"), kind=Kind.MICROSOFT)
    assert mail_name_of({**ADA, "preferred_username": "ada@corp.example"}, microsoft) == "ada@corp.example"
    assert mail_name_of(ADA, microsoft) == "ada@example.org"
    assert mail_name_of({**ADA, "upn": "A"}, provider(mail_name=Claim("upn"))) == "A"


def test_an_issuer_of_many_tenants_is_the_one_of_the_token() -> None:
    assert issuer_of({"tid": "9188"}, "https://x.example/{tenantid}/v2.0") == "https://x.example/9188/v2.0"
