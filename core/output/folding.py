"""Templates compiled for one language: what they say without a variable is translated once, not for each page."""

import re
from collections.abc import Callable
from functools import lru_cache
from gettext import NullTranslations
from itertools import zip_longest
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, Template, nodes
from jinja2.bccache import Bucket
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from core.output.pieces import EXTENSION, Pieces
from core.output.writing import Filling, Write, WritingGenerator, is_awkward, writer
from core.sentences import Sentence

_SAYS = frozenset({"_", "gettext"})
# What is counted is mostly less; without an end would be what is remembered of larger numbers.
_MOST_COUNTED = 100
_GAP = re.compile(r"%\((\w+)\)s")


class Spoken(NullTranslations):
    """The catalogues of one language as one, which finds a text that it was asked for before without looking again.

    Texts to be translated come from templates and code alone, so that there is an end to them.
    """

    def __init__(self, catalogues: NullTranslations) -> None:
        super().__init__()
        self.add_fallback(catalogues)
        self._found: dict[str, str] = {}
        self._counted: dict[tuple[str, str, int], str] = {}

    def gettext(self, message: str) -> str:
        """The text in this language."""
        if message not in self._found:
            self._found[message] = super().gettext(message)
        return self._found[message]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number in this language."""
        if n >= _MOST_COUNTED:
            return super().ngettext(msgid1, msgid2, n)
        asked = msgid1, msgid2, n
        if asked not in self._counted:
            self._counted[asked] = super().ngettext(msgid1, msgid2, n)
        return self._counted[asked]


class SpokenEnvironment(Environment):
    """An environment whose templates are all in one language, and say so when they are compiled."""

    code_generator_class = WritingGenerator
    spoken: NullTranslations | None = None
    write: Write = staticmethod(writer(str))
    is_awkward = staticmethod(is_awkward)
    fill = Filling(writer(str))

    # Any: what Jinja's own takes.
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pieces = Pieces()
        self.found_piece, self.keep_piece = self.pieces.found, self.pieces.keep
        self._templates: dict[str, Template] = {}

    def template(self, name: str) -> Template:
        """A template by its name. Templates stay as they were when they were first asked for."""
        if name not in self._templates:
            self._templates[name] = self.get_template(name)
        return self._templates[name]

    def say_by(self, say: Callable[[Sentence], str]) -> None:
        """Write sentences as this says them."""
        self.write = writer(say)
        self.fill = Filling(self.write)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.spoken is not None:
            _Folding(self.spoken).visit(source)
        return super()._generate(source, name, filename, defer_init)


class KeptCode(BytecodeCache):
    """Compiled templates in memory, by name, file and text, for all who compile them in one language."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of the same text."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; a text that changed takes the place of the former one."""
        self._kept[bucket.key] = (bucket.checksum, bucket.code)


@lru_cache(maxsize=64)
def kept_code(language: str, catalogues: tuple[str, ...]) -> KeptCode:
    """What is kept of the templates in a language, as catalogues translate them; gettext reads each file once too."""
    return KeptCode()


@lru_cache(maxsize=1024)
def constants_given(source: str) -> tuple[tuple[str, str], ...]:
    """What a template's text gives as a constant to functions: pairs of the function's name and the constant.

    Raises TemplateSyntaxError.
    """
    return tuple(
        (call.node.name, str(call.args[0].value))
        for call in Environment(extensions=["jinja2.ext.i18n", EXTENSION], autoescape=True)
        .parse(source)
        .find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.args and isinstance(call.args[0], nodes.Const)
    )


class _Folding(NodeTransformer):
    """Puts the translation in the place of each call that asks for that of a constant."""

    def __init__(self, spoken: NullTranslations) -> None:
        self._spoken = spoken
        self._escapes = True

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier) -> nodes.Node:
        """A block that says itself what is escaped in it."""
        before, self._escapes = self._escapes, False
        self.generic_visit(node)
        self._escapes = before
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:
        """What is written: of a text whose gaps are filled its pieces and its values, which are escaped there too."""
        self.generic_visit(node)
        if self._escapes:
            node.nodes = [piece for child in node.nodes for piece in _pieces_of(child)]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """A call of the translating function as a constant, or as a text whose gaps are filled; others as they are."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name in _SAYS and len(node.args) == 1):
            return node
        said = node.args[0]
        if node.dyn_args or node.dyn_kwargs or not isinstance(said, nodes.Const):
            return node
        text = self._spoken.gettext(str(said.value))
        if node.kwargs:
            return _filled(text, {one.key: one.value for one in node.kwargs}, node)
        try:
            # As the function does it: every text is a format, so that a sign for percent is written twice.
            return nodes.Const(Markup(text) % {}, lineno=node.lineno)
        except (KeyError, ValueError, TypeError):
            return node


def _pieces_of(node: nodes.Expr) -> list[nodes.Expr]:
    """What is to be written one after the other instead of a text whose gaps are filled; other nodes as they are."""
    if not (isinstance(node, nodes.Call) and node.node == nodes.EnvironmentAttribute("fill")):
        return [node]
    said, gaps = node.args
    assert isinstance(said, nodes.Tuple) and isinstance(gaps, nodes.Tuple)
    pieces: list[nodes.Expr] = []
    for piece, gap in zip_longest(said.items, gaps.items):
        assert isinstance(piece, nodes.Const)
        pieces.append(nodes.TemplateData(piece.value))
        if gap is not None:
            pieces.append(gap)
    return pieces


def _filled(text: str, values: dict[str, nodes.Expr], node: nodes.Call) -> nodes.Node:
    """What puts values into a text; the call as it was where the text says more of them than their names."""
    pieces, names = _GAP.split(text)[::2], _GAP.findall(text)
    if not names or not set(names) <= set(values) or any("%" in piece.replace("%%", "") for piece in pieces):
        return node
    said = [nodes.Const(piece.replace("%%", "%")) for piece in pieces]
    gaps = [values[name] for name in names]
    fill = nodes.EnvironmentAttribute("fill")
    tuples: list[nodes.Expr] = [nodes.Tuple(said, "load"), nodes.Tuple(gaps, "load")]
    return nodes.Call(fill, tuples, [], None, None, lineno=node.lineno)
