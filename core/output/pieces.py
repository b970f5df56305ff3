"""HTML of values that are shown again and again, kept for as long as the value itself lives.

A template says `{% kept row by about %}...{% endkept %}` around what it makes of `row` and of `about` alone. Where it
made that before of the very same object, and of an equal `about`, it is not made again. The piece goes with the
object: who forgets a value, as at a log-out, forgets its HTML too.
"""

from collections.abc import Callable
from weakref import ref

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

EXTENSION = f"{__name__}.KeptPieces"
# In characters, of up to four octets each. What is longer, as strangers can make it, is written each time.
LONGEST = 4000


class Pieces:
    """The pieces of one environment's templates, for several threads."""

    def __init__(self) -> None:
        # By the value's identity, which is another's only after the value is gone and its piece with it.
        self._kept: dict[int, tuple[ref[object], object, Markup]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def found(self, value: object, about: object) -> Markup | None:
        """What was written of this object; a value has one piece, that of the latest `about`."""
        kept = self._kept.get(id(value))
        return kept[2] if kept is not None and kept[0]() is value and kept[1] == about else None

    def made(self, value: object, about: object, write: Callable[[], Markup]) -> Markup:
        """What is written of it now, which is kept."""
        place, written = id(value), write()
        if len(written) > LONGEST:
            return written
        kept_pieces = self._kept
        self._kept[place] = (ref(value, lambda gone: _forget(kept_pieces, place, gone)), about, written)
        return written


def _forget(kept: dict[int, tuple[ref[object], object, Markup]], place: int, gone: ref[object]) -> None:
    piece = kept.get(place)
    if piece is not None and piece[0] is gone:
        del kept[place]


class KeptPieces(Extension):
    """The tag `kept` of templates."""

    tags = {"kept"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Raise TemplateSyntaxError where the tag is not `kept VALUE by ABOUT`."""
        line = next(parser.stream).lineno
        value = parser.parse_expression()
        parser.stream.expect("name:by")
        about = parser.parse_expression()
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        # Another block may show the same value with the same besides.
        about = nodes.Tuple([nodes.Const(f"{parser.name}:{line}"), about], "load")
        found = parser.free_identifier(line)
        look, make = (
            nodes.Call(nodes.EnvironmentAttribute(f"{name}_piece"), [value, about], [], None, None)
            for name in ("found", "made")
        )
        # The block becomes a function, which is not even made where there is nothing to write.
        write = nodes.If(found, [nodes.Output([found])], [], [nodes.CallBlock(make, [], [], body)])
        return [nodes.Assign(found, look).set_lineno(line), write.set_lineno(line)]
