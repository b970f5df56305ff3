"""Who stands between a link and where it leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.links.gateways import Gateways, read_gateways

GATEWAYS = read_gateways()
REAL = "https://www.example.org/a?b=1"


def ends(address: str) -> str:
    steps = GATEWAYS.follow(address)
    return steps[-1].target if steps else ""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (
            "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1&data=x",
            "Microsoft Safe Links",
        ),
        ("https://urldefense.com/v3/__https://www.example.org/a*b=1__;Pw!!AbC!x$", "Proofpoint"),
        ("https://urldefense.com/v3/__https:/www.example.org/a?b=1__;!!AbC!x$", "Proofpoint"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_a-3Fb-3D1&d=x&c=y", "Proofpoint"),
        ("https://urldefense.proofpoint.com/v1/url?u=https://www.example.org/a%3Fb%3D1&k=x", "Proofpoint"),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fwww.example.org%2fa%3fb%3d1&c=E,1", "Barracuda"),
        ("https://secure-web.cisco.com/1AbC/https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1", "Cisco Secure Email"),
        ("https://clicktime.symantec.com/3AbC?u=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1", "Symantec"),
        ("https://protect2.fireeye.com/v1/url?k=x&u=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1", "Trellix"),
        ("https://protect.checkpoint.com/v2/___https://www.example.org/a?b=1___.YzJ", "Check Point"),
        ("https://eu.protection.sophos.com/?d=example.org&u=aHR0cHM6Ly93d3cuZXhhbXBsZS5vcmcvYT9iPTE=&i=x", "Sophos"),
        ("https://www.google.com/url?sa=D&q=https://www.example.org/a%3Fb%3D1", "Google"),
        ("https://www.google.com/amp/s/www.example.org/a?b=1", "Google"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1&h=x", "Facebook"),
    ],
)
def test_a_wrapped_link_is_read_as_its_gateway_wrote_it(address: str, name: str) -> None:
    (step,) = GATEWAYS.follow(address)
    assert (step.name, step.target) == (name, REAL)


def test_a_run_of_letters_that_proofpoint_took_out_is_put_back() -> None:
    assert ends("https://urldefense.com/v3/__https://example.org/a*b*c__;Kis!!x!y$") == "https://example.org/a*b+c"
    assert ends("https://urldefense.com/v3/__https://example.org/**Bc__;JCUm!!x!y$") == "https://example.org/$%&c"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "https://urldefense.com/",
        "https://urldefense.com/v3/nothing",
        "https://safelinks.protection.outlook.com/?data=x",
        "https://safelinks.protection.outlook.com/?url=javascript:alert(1)",
        "https://eu.protection.sophos.com/?u=%21%21%21x",
        "https://eu.protection.sophos.com/?u=A",
        "https://url.avanan.click/v2/_x_",
        "https://secure-web.cisco.com/1AbC/nothing",
        "https://bit.ly/",
        "https://evilsafelinks.protection.outlook.com.evil.example/?url=https://www.example.org/",
        "https://notbit.ly/abc",
        "https://www.google.com/search?q=https://www.example.org/",
        "https://www.google.com/url?" + "a=1&" * 200 + "q=https://www.example.org/",
        "mailto:a@bit.ly",
    ],
)
def test_what_passes_nobody_on_is_left_alone(address: str) -> None:
    assert GATEWAYS.follow(address) == ()


def test_a_link_that_was_wrapped_twice_is_followed_to_its_end() -> None:
    inner = "https://urldefense.proofpoint.com/v2/url?u=https-3A__bit.ly_abc"
    steps = GATEWAYS.follow(f"https://linkprotect.cudasvc.com/url?a={inner.replace('?', '%3F')}")
    assert [(step.name, step.protects) for step in steps] == [
        ("Barracuda", True),
        ("Proofpoint", True),
        ("a short address", False),
    ]


def test_a_link_that_leads_round_is_followed_a_few_steps() -> None:
    address = "https://bit.ly/x"
    for _ in range(10):
        address = "https://vk.com/away.php?to=" + address.replace("%", "%25").replace("?", "%3F").replace("&", "%26")
    assert len(GATEWAYS.follow(address)) == 5


def test_without_a_list_nobody_is_known() -> None:
    assert Gateways().follow("https://bit.ly/abc") == ()


@given(st.text(), st.sampled_from([host for one in GATEWAYS.known for host in one.hosts]), st.sampled_from("/?&_*=;!"))
def test_nothing_that_a_gateway_says_is_too_strange(text: str, host: str, between: str) -> None:
    for path in ("/v3/__", "/v2/url?u=", "/url?q=", "/?url=", "/v2/___", "/"):
        for step in GATEWAYS.follow(f"https://{host}{path}{text}{between}{text}"):
            assert not step.target or step.target.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("host", ["notgoogle.com", "google.com.evil.example", "oogle.com", "google.comx"])
def test_a_host_that_only_looks_like_theirs_passes_nobody_on(host: str) -> None:
    assert not ends(f"https://{host}/url?q={REAL}")
    assert ends(f"https://deep.below.www.google.com/url?q={REAL}") == REAL
