"""What the form of a new password holds."""

from core import Secret, form, inputs


@inputs
class NewPassword:
    """The password of now, the new one twice, and whether to log out everywhere else."""

    current: Secret = form(Secret(""))
    new: Secret = form(Secret(""))
    again: Secret = form(Secret(""))
    others: bool = form(False)
