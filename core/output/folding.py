"""Templates compiled for one language: what they say without a variable is translated once, not for each page."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from gettext import NullTranslations
from importlib.util import MAGIC_NUMBER
from itertools import zip_longest
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2 import BytecodeCache, Environment, Template, nodes
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from core.output.beside import read_beside, write_beside
from core.output.flow import Piece, given, joined
from core.output.pieces import Pieces
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
        self._apart: dict[tuple[str, str], str] = {}
        self._counted: dict[tuple[str, str, int], str] = {}

    def gettext(self, message: str) -> str:
        """The text in this language."""
        if message not in self._found:
            self._found[message] = super().gettext(message)
        return self._found[message]

    def pgettext(self, context: str, message: str) -> str:
        """The text in this language, of those that are written alike the one for this context."""
        asked = context, message
        if asked not in self._apart:
            self._apart[asked] = super().pgettext(context, message)
        return self._apart[asked]

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
    concat = staticmethod(joined)
    given = staticmethod(given)

    # Any: what Jinja's own takes.
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pieces = Pieces()
        # By the file of a template, from when it is compiled until it is kept.
        self.folded: dict[str, Folded] = {}
        self.found_piece, self.keep_piece = self.pieces.found, self.pieces.keep
        self._templates: dict[str, Template] = {}

    def template(self, name: str) -> Template:
        """A template by its name. Templates stay as they were when they were first asked for."""
        if name not in self._templates:
            self._templates[name] = self.get_template(name)
        return self._templates[name]

    def constants(self, name: str) -> tuple[tuple[str, str], ...]:
        """What a template gives as a constant to functions. Raises TemplateSyntaxError."""
        found = self.get_template(name)
        assert isinstance(self.bytecode_cache, KeptCode)  # which keeps what is asked for
        return self.bytecode_cache.given(found.filename or name)

    def still_says(self, said: Mapping[str, str]) -> bool:
        """Whether texts are translated as they were."""
        spoken = self.spoken
        return not said if spoken is None else all(spoken.gettext(text) == own for text, own in said.items())

    def included(self, name: str, context: Context, local: Mapping[str, object]) -> Iterator[Piece]:
        """What a template writes of what another one knows, beside what that one found out itself."""
        found = self.template(name)
        known = {
            **context.parent,
            **context.vars,
            **{key: value for key, value in local.items() if value is not missing},
        }
        return found.root_render_func(self.context_class(self, known, name, found.blocks))

    def say_by(self, say: Callable[[Sentence], str]) -> None:
        """Write sentences as this says them."""
        self.write = writer(say)
        self.fill = Filling(self.write)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        given = tuple(_constants_given(source))
        folding = _Folding(self.spoken or NullTranslations())
        if self.spoken is not None:
            folding.visit(source)
        if filename is not None:
            self.folded[filename] = Folded(folding.said, given)
        return super()._generate(source, name, filename, defer_init)


@dataclass(frozen=True)
class Folded:
    """What was found in a template when it was compiled.

    `said` are its texts with the translations that took their place, `given` what it gives as a constant to functions:
    pairs of the function's name and the constant.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Compiled:
    checksum: str
    code: CodeType
    folded: Folded


class KeptCode(BytecodeCache):
    """Compiled templates of one language by their files: in memory, and beside the templates for the next start."""

    def __init__(self, language: str) -> None:
        self._kind = f"{language}.jinja"
        self._kept: dict[str, _Compiled] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """What a template is kept by."""
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of the same text."""
        kept = self._kept.get(bucket.key)
        if kept is None or kept.checksum != bucket.checksum:
            kept = self._read(bucket)
        if kept is not None:
            self._kept[bucket.key] = kept
            bucket.code = kept.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; a text that changed takes the place of the former one."""
        assert isinstance(bucket.environment, SpokenEnvironment) and bucket.code is not None  # it just compiled this
        folded = bucket.environment.folded.pop(bucket.key, Folded())
        self._kept[bucket.key] = _Compiled(bucket.checksum, bucket.code, folded)
        if Path(bucket.key).is_absolute():
            told = {"made": _made_of(bucket), "said": dict(folded.said), "given": folded.given}
            octets = json.dumps(told).encode() + b"\n" + bucket.bytecode_to_string()
            write_beside(Path(bucket.key), self._kind, octets)

    def given(self, key: str) -> tuple[tuple[str, str], ...]:
        """What a template that was compiled gives as a constant to functions."""
        return self._kept[key].folded.given

    def _read(self, bucket: Bucket) -> _Compiled | None:
        """What another process compiled of the same text, where the translations in it are those of today."""
        octets = read_beside(Path(bucket.key), self._kind) if Path(bucket.key).is_absolute() else None
        if octets is None:
            return None
        head, _, code = octets.partition(b"\n")
        told = json.loads(head)
        assert isinstance(bucket.environment, SpokenEnvironment)  # no other has such a cache
        if told["made"] != _made_of(bucket):
            # Another version of the program may have written something else into it.
            return None
        folded = Folded(told["said"], tuple((function, constant) for function, constant in told["given"]))
        if not bucket.environment.still_says(folded.said):
            return None
        bucket.bytecode_from_string(code)
        return _Compiled(bucket.checksum, bucket.code, folded) if bucket.code is not None else None


@cache
def _maker() -> str:
    """What makes code of templates, in a few letters: Jinja, Python, and the files of this folder."""
    total = hashlib.sha256(f"{jinja2.__version__} {MAGIC_NUMBER.hex()}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()


def _made_of(bucket: Bucket) -> str:
    # What is compiled names its file: where that was moved, it is compiled anew.
    return f"{_maker()} {bucket.checksum} {bucket.key}"


@lru_cache(maxsize=64)
def kept_code(language: str, catalogues: tuple[str, ...]) -> KeptCode:
    """What is kept of the templates in a language, as catalogues translate them; gettext reads each file once too."""
    return KeptCode(language)


def _constants_given(template: nodes.Template) -> Iterator[tuple[str, str]]:
    for call in template.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.args and isinstance(call.args[0], nodes.Const):
            yield call.node.name, str(call.args[0].value)
    for other in template.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        named = getattr(other, "template")  # noqa: B009  # all four have it, and what they have in common has not
        if isinstance(named, nodes.Const) and not getattr(other, "ignore_missing", False):
            yield "include", str(named.value)


class _Folding(NodeTransformer):
    """Puts the translation in the place of each call that asks for that of a constant."""

    def __init__(self, spoken: NullTranslations) -> None:
        self._spoken = spoken
        self._escapes = True
        self.said: dict[str, str] = {}

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
        text = self.said[str(said.value)] = self._spoken.gettext(str(said.value))
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
