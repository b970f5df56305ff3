"""What the pages of second factors show."""

import io

import segno

from core import FormState, Fragment, Sentence
from modules.security.api import section_slot
from modules.twofactor.module import code_page, codes_page, enrol_page, module, setup_page
from modules.twofactor.results import CodeForm, Enrolment, NewCodes, TrustedDevices, TwofactorSetup, TwofactorState


@module.output(code_page.body)
def show_code_form(page: CodeForm, form: FormState) -> Fragment:
    """The form that asks for a code."""
    return Fragment.titled("twofactor/code.html", Sentence("One more step"), page=page, form=form)


@module.output(enrol_page.body)
def show_enrolment(page: Enrolment, form: FormState) -> Fragment:
    """The secret of somebody who must have a second factor."""
    return Fragment.titled("twofactor/enrol.html", Sentence("Set up your second factor"), form=form, **_picture(page))


@module.output(section_slot)
def show_section(state: TwofactorState) -> Fragment:
    """The section about the second factor."""
    return Fragment.of("twofactor/section.html", state=state)


@module.output(setup_page.body)
def show_setup(page: TwofactorSetup, trusted: TrustedDevices, form: FormState) -> Fragment:
    """The page on which a second factor is set up, renewed or removed."""
    picture = _picture(page.enrolment) if page.enrolment is not None else {}
    values = {"state": page.state, "devices": trusted.devices, "form": form, **picture}
    return Fragment.titled("twofactor/setup.html", Sentence("Second factor"), **values)


@module.output(codes_page.body)
def show_codes(page: NewCodes) -> Fragment:
    """The new recovery codes."""
    return Fragment.titled("twofactor/codes.html", Sentence("Your recovery codes"), page=page)


def _picture(enrolment: Enrolment) -> dict[str, object]:
    """A QR code as the numbers of an SVG: its size and the path of its dark squares."""
    code = segno.make(enrolment.address, error="m")
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2)
    path = drawn.getvalue().decode().split(' d="')[1].split('"')[0]
    return {"enrolment": enrolment, "path": path, "size": code.symbol_size(border=2)[0]}
