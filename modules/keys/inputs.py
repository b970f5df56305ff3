"""What the form that renews keys holds."""

from core import Secret, form, inputs


@inputs
class OwnPassword:
    """The user's password once more."""

    password: Secret = form(default=Secret(""))
