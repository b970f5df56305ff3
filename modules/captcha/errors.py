"""How a test ends that was not passed."""

from core import Sentence, WebmailError


class NotPassed(WebmailError):
    """The test was not passed. `str(error)` reads after the words for the test and is safe to show."""


class Trouble(WebmailError):
    """Nobody can say whether the test was passed. `str(error)` is for the log."""


MISSING = Sentence("has to be passed first")
USED = Sentence("was passed for another attempt; please pass it once more")
TOO_OLD = Sentence("was passed too long ago; please pass it once more")
WRONG = Sentence("was not passed; please try again")
