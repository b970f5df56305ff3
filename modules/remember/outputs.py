"""What remember shows: the box on the login form, and the section of the security page."""

from core import FormState, Fragment
from modules.login.api import form_slot
from modules.remember.module import module
from modules.remember.results import RememberBox, RememberedDevices
from modules.security.api import section_slot


@module.output(form_slot)
def show_box(box: RememberBox, form: FormState) -> Fragment:
    """The box, as it was when the form was refused."""
    return Fragment.of("remember/box.html", days=box.days, ticked=form.ticked("remember"))


@module.output(section_slot)
def show_devices(remembered: RememberedDevices) -> Fragment:
    """The devices on which the user stays logged in."""
    return Fragment.of("remember/devices.html", devices=remembered.devices)
