"""HTML of values that are shown again and again, kept for as long as the value itself lives.

A template says `{% kept row by about %}...{% endkept %}` around what it makes of `row` and of `about` alone. Where it
made that before of the very same object, and of an equal `about`, it is not made again. The piece goes with the
object: who forgets a value, as at a log-out, forgets its HTML too. So `about` must not hold the value itself, which
would then never go.
"""

from collections import OrderedDict
from sys import getsizeof
from threading import Lock
from weakref import ref

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from core.output.flow import LONG, Flow

EXTENSION = f"{__name__}.KeptPieces"
# In characters. What is longer, as strangers can make it, is written each time.
LONGEST = 250_000
# Long pieces take so many octets together; those that were not shown for longest go first.
MOST_HELD = 32_000_000

# A value by its identity, which is another's only after the value is gone and its pieces with it, and a block.
_Place = tuple[int, str]


class _Held(ref[object]):
    """A value while it lives, with the place of its piece."""

    __slots__ = ("place",)
    place: _Place


class Pieces:
    """The pieces of one environment's templates, for several threads."""

    def __init__(self, most: int = MOST_HELD) -> None:
        # With each piece what it is about, and whether it is a long one.
        self._kept: dict[_Place, tuple[_Held, object, Markup | Flow, bool]] = {}
        # The octets of the longer ones, in the order in which they were last shown.
        self._long: OrderedDict[_Place, int] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def found(self, value: object, block: str, about: object) -> Markup | Flow | None:
        """What a block wrote of this object; of each value it has one piece, that of the latest `about`."""
        place = id(value), block
        kept = self._kept.get(place)
        if kept is None or kept[0]() is not value or kept[1] != about:
            return None
        if kept[3]:
            with self._lock:
                if place in self._long:
                    self._long.move_to_end(place)
        return kept[2]

    def keep(self, value: object, block: str, about: object, written: Markup) -> Markup | Flow:
        """Keep what a block wrote of it now, and give it."""
        length = len(written)
        if length > LONGEST:
            return written
        held = _Held(value, self._forget)
        held.place = place = id(value), block
        octets = written.encode() if length >= LONG else None
        piece = written if octets is None else Flow((octets,))
        self._kept[place] = held, about, piece, octets is not None
        if octets is not None or place in self._long:
            self._weigh(place, getsizeof(octets) if octets is not None else 0)
        return piece

    def _weigh(self, place: _Place, octets: int) -> None:
        """Count a piece, and let others go where long ones are too many."""
        with self._lock:
            self._long[place] = octets
            self._long.move_to_end(place)
            held = sum(self._long.values())
            while held > self._most and (oldest := next(iter(self._long), None)):
                held -= self._long.pop(oldest, 0)
                self._kept.pop(oldest, None)

    def _forget(self, gone: _Held) -> None:
        """Let the piece of a value that is gone go, unless another value has its place by now."""
        place = gone.place
        piece = self._kept.get(place)
        if piece is not None and piece[0] is gone:
            self._kept.pop(place, None)
            # Whoever holds the lock may be the very thread whose value just went.
            self._long.pop(place, None)


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
        block = nodes.Const(f"{parser.name}:{line}")
        piece = parser.free_identifier(line)
        look = nodes.Call(nodes.EnvironmentAttribute("found_piece"), [value, block, about], [], None, None)
        keep = nodes.Call(nodes.EnvironmentAttribute("keep_piece"), [value, block, about, piece], [], None, None)
        write: list[nodes.Node] = [nodes.AssignBlock(piece, None, body), nodes.Assign(piece, keep)]
        return [
            node.set_lineno(line)
            for node in (nodes.Assign(piece, look), nodes.If(nodes.Not(piece), write, [], []), nodes.Output([piece]))
        ]
