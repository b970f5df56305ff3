"""What vcards shows above a message's text."""

from core import Fragment, Sentence
from modules.mail.api import parts_slot
from modules.vcards.model import LeftOut, Use
from modules.vcards.module import module
from modules.vcards.results import ContactCards

_USES = {
    Use.HOME: Sentence.within("a telephone number", "private"),
    Use.WORK: Sentence.within("a telephone number", "work"),
    Use.MOBILE: Sentence.within("a telephone number", "mobile"),
    Use.FAX: Sentence.within("a telephone number", "fax"),
    Use.PAGER: Sentence.within("a telephone number", "pager"),
}
_LEFT_OUT = {
    LeftOut.PICTURE: Sentence("An image is not shown."),
    LeftOut.SOUND: Sentence("A sound is not played."),
    LeftOut.KEY: Sentence("A key is not shown."),
}


@module.output(parts_slot)
def show_cards(found: ContactCards | None) -> Fragment | None:
    """The contact cards."""
    if found is None:
        return None
    return Fragment.of(
        "vcards/cards.html",
        files=found.files,
        unlooked=found.unlooked,
        uses={use.value: said for use, said in _USES.items()},
        left_out=tuple((one.value, said) for one, said in _LEFT_OUT.items()),
    )
