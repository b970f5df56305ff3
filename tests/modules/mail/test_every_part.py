"""Whatever the structure, every part is shown, listed, or another form of what is shown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modules.mail.api import Enclosed, Part, choose_bodies

_TEXTS = ("plain", "html", "markdown", "enriched", "calendar", "x-log", "vcard", "x-amp-html", "rfc822-headers", "css")
_OTHERS = (
    "image/png",
    "application/pdf",
    "application/pgp-signature",
    "message/delivery-status",
    "application/ms-tnef",
)
_MULTIPARTS = "mixed alternative related signed encrypted report appledouble parallel digest form-data x-new".split()

leaves = st.builds(
    Part,
    st.just(""),
    st.one_of(st.sampled_from(_TEXTS).map("text/{}".format), st.sampled_from(_OTHERS)),
    disposition=st.sampled_from(["", "inline", "attachment"]),
    filename=st.sampled_from(["", "a.txt", "b.html"]),
    content_id=st.sampled_from(["", "<a>", "<b>"]),
)


def _grown(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    multiparts = st.builds(
        lambda kind, children, start: Part("", f"multipart/{kind}", {"start": start}, children=tuple(children)),
        st.sampled_from(_MULTIPARTS),
        st.lists(inner, min_size=1, max_size=4),
        st.sampled_from(["", "<a>"]),
    )
    enclosed = Enclosed("A letter")
    return multiparts | inner.map(lambda one: Part("", "message/rfc822", children=(one,), enclosed=enclosed))


def numbered(part: Part, number: str, below: str) -> Part:
    """The same with the numbers that a server gives: the root has none, a multipart in a message has the message's."""
    if part.is_message:
        child = part.children[0]
        multipart = child.media_type.startswith("multipart/")
        return replace(part, number=number, children=(numbered(child, number if multipart else f"{number}.1", number),))
    prefix = f"{below}." if below else ""
    children = tuple(
        numbered(child, f"{prefix}{at}", f"{prefix}{at}") for at, child in enumerate(part.children, start=1)
    )
    return replace(part, number=number, children=children)


@st.composite
def structures(draw: st.DrawFn) -> Part:
    part = draw(st.recursive(leaves, _grown, max_leaves=25))
    return numbered(part, "" if part.media_type.startswith("multipart/") else "1", "")


def own_leaves(part: Part) -> list[Part]:
    return [one for one in part.own() if one.is_message or not one.media_type.startswith("multipart/")]


def other_forms(part: Part, shown: set[str]) -> set[str]:
    """Texts of which a sibling in one multipart/alternative is shown."""
    found: set[str] = set()
    for node in part.own():
        if node.media_type == "multipart/alternative":
            forms = [{leaf.number for leaf in own_leaves(child)} for child in node.children]
            for at, form in enumerate(forms):
                if any(form_shown & shown for other, form_shown in enumerate(forms) if other != at):
                    found |= form
    return found


@given(structures())
def test_no_part_is_lost(structure: Part) -> None:
    bodies = choose_bodies(structure)
    shown = {part.number for part in ((bodies.html, *bodies.beside) if bodies.html else bodies.plain)}
    listed = {one.number for one in bodies.files}
    excused = other_forms(structure, shown)
    for leaf in own_leaves(structure):
        signature = leaf.media_type == "application/pgp-signature"
        other_form = leaf.number in excused and leaf.media_type.startswith("text/") and not leaf.filename
        assert leaf.number in shown | listed or signature or other_form


@given(structures())
def test_no_part_is_shown_and_listed_at_once(structure: Part) -> None:
    bodies = choose_bodies(structure)
    shown = {part.number for part in ((bodies.html, *bodies.beside) if bodies.html else bodies.plain)}
    listed = [one.number for one in bodies.files]
    assert shown.isdisjoint(listed) and len(listed) == len(set(listed))


@given(structures())
def test_what_is_an_attachment_by_its_sender_is_listed(structure: Part) -> None:
    listed = {one.number for one in choose_bodies(structure).files}
    for leaf in own_leaves(structure):
        if leaf.disposition == "attachment" and leaf.media_type.startswith("text/"):
            assert leaf.number in listed
