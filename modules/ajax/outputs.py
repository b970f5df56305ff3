"""What ajax shows."""

from modules.ajax.module import agree_page, module
from modules.ajax.results import Agreed


@module.output(agree_page.data)
def show_agreed(agreed: Agreed) -> Agreed:
    """Nothing of it is secret."""
    return agreed
