"""Sentences for people: text in English that remembers what it was made of, so that every language can say it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

_MOMENT = "moment"


class Moment(str):
    """A moment as a value of a Sentence, which every language writes in its own way: `date=Moment(at)`.

    It is shown in the visitor's zone where that is known, else in the one of `at`, and named in full with that zone. As
    it stands it is in UTC.
    """

    __slots__ = ("at",)
    at: datetime

    def __new__(cls, at: datetime) -> Self:
        """A moment. Raises ValueError where `at` is in no zone."""
        if at.tzinfo is None:
            raise ValueError(f"{at} is in no zone")
        made = super().__new__(cls, f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
        made.at = at
        return made

    def __str__(self) -> str:
        """The moment itself, so that a sentence has it still."""
        return self

    def __reduce__(self) -> tuple[Callable[[object], str], tuple[object]]:
        return unpack, (pack(self),)


class Sentence(str):
    """What people read, in English, with what it takes to say the same in another language.

    `Sentence("%(folder)s was deleted.", folder=name)`: the text is looked up in the catalogues, the values stay as they
    are; one that is a Sentence itself is said too. It stands wherever text may stand; templates and answers to scripts
    say it in the visitor's language by themselves. A percent sign of the text is written twice.
    """

    __slots__ = ("context", "number", "one", "text", "values")
    context: str
    text: str
    one: str
    number: int
    values: Mapping[str, object]

    def __new__(cls, text: str, /, **values: object) -> Self:
        """A sentence without a number. Raises KeyError where a placeholder of the text has no value."""
        return cls._made(text, "", 0, values)

    @classmethod
    def counted(cls, one: str, many: str, number: int, /, **values: object) -> Self:
        """A sentence about one thing or `number` of them, whose text has the number as `%(num)s`."""
        return cls._made(many, one, number, values)

    @classmethod
    def within(cls, context: str, text: str, /, **values: object) -> Self:
        """A sentence that other languages say in several ways: the context, which nobody reads, tells which way."""
        made = cls(text, **values)
        made.context = context
        return made

    @classmethod
    def joined(cls, sentences: Iterable[str], between: str = " ") -> Self:
        """Several sentences, or plain words among them, one after the other."""
        parts = {f"part{place}": sentence for place, sentence in enumerate(sentences)}
        return cls._made(between.replace("%", "%%").join(f"%({name})s" for name in parts), "", 0, parts)

    @classmethod
    def _made(cls, text: str, one: str, number: int, values: Mapping[str, object]) -> Self:
        english = one if one and number == 1 else text
        made = super().__new__(cls, english % {"num": f"{number:,}", **values})
        made.text, made.one, made.number, made.values, made.context = text, one, number, values, ""
        return made

    def __str__(self) -> str:
        """The sentence itself, so that it is still one after an error carried it."""
        return self

    def __reduce__(self) -> tuple[Callable[[object], str], tuple[object]]:
        return unpack, (pack(self),)


def pack(text: str) -> object:
    """Text as JSON values, from which `unpack` makes the same text again; a Sentence or a Moment stays one."""
    if isinstance(text, Moment):
        return {_MOMENT: text.at.isoformat()}
    if not isinstance(text, Sentence):
        return text
    values = {name: pack(value if isinstance(value, str) else str(value)) for name, value in text.values.items()}
    return {"text": text.text, "one": text.one, "context": text.context, "number": text.number, "values": values}


def unpack(packed: Any) -> str:  # Any: JSON that `pack` made.
    """The text that was packed."""
    if isinstance(packed, str):
        return packed
    if _MOMENT in packed:
        return Moment(datetime.fromisoformat(packed[_MOMENT]))
    values = {name: unpack(value) for name, value in packed["values"].items()}
    if packed["one"]:
        return Sentence.counted(packed["one"], packed["text"], packed["number"], **values)
    return Sentence.within(packed["context"], packed["text"], **values)
