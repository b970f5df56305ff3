"""How templates write what they show: sentences in the visitor's language, and everything escaped for HTML."""

import re
from collections.abc import Callable, Iterable

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst
from markupsafe import Markup, escape

from core.output.flow import Flow, joined
from core.sentences import Sentence

Write = Callable[[object], str | Flow]

# What the renderer gives to every template (see `Renderer`), and what fills translated texts.
_PLAIN = frozenset({"asset", "csrf", "dated", "fill", "found_piece", "icon", "keep_piece", "slot"})
_AWKWARD = re.compile("[&<>'\"]")
# Finds what must not stand in HTML as it is.
is_awkward = _AWKWARD.search


def writer(say: Callable[[Sentence], str]) -> Write:
    """What makes HTML of any value, as Jinja's own `escape` does, and quickly of what pages consist of."""

    def write(value: object) -> str | Flow:
        kind = type(value)
        if kind is str:
            return escape(value) if is_awkward(value) else value  # type: ignore[call-overload, return-value]  # a str
        if kind is Markup:
            return value  # type: ignore[return-value]  # a Markup
        if kind is int:
            return str(value)
        if kind is Sentence:
            said = say(value)  # type: ignore[arg-type]  # a Sentence
            return escape(said) if is_awkward(said) else said
        if kind is Flow:
            return value  # type: ignore[return-value]  # a Flow
        if isinstance(value, Sentence):
            value = say(value)
        if isinstance(value, str) and not hasattr(value, "__html__"):
            text = str(value)
            return escape(text) if is_awkward(text) else text
        return escape(value)

    return write


class Filling:
    """A translated text with places for values, as templates call it: the values are escaped as everything is."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def __call__(self, pieces: tuple[str, ...], values: tuple[object, ...]) -> Markup:
        """The pieces, which are HTML, with a value between each two."""
        filled: list[str | Flow] = [pieces[0]]
        for piece, value in zip(pieces[1:], values, strict=True):
            filled += (self._write(value), piece)
        return Markup(joined(filled))


class WritingGenerator(CodeGenerator):
    """Compiles templates of which every value is written as `environment.write` writes it.

    What most values are, HTML, whole numbers and texts without marks of HTML, is seen where it is written.
    """

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """What stands in a row; a whole template is given in as few pieces as can be."""
        whole = frame.toplevel and frame.rootlevel and frame.buffer is None
        # Who takes over another template, or leaves places for others, gives pieces as Jinja has it.
        whole = whole and not frame.require_output_check and not self.blocks
        if whole:
            self.buffer(frame)
        super().blockvisit(nodes, frame)
        if whole:
            self.writeline(f"yield from environment.given({frame.buffer})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        """Another template; one that is named, and has to be there, is found as the renderer finds templates."""
        named = isinstance(node.template, nodes.Const) and isinstance(node.template.value, str)
        if not named or node.ignore_missing or not node.with_context:
            super().visit_Include(node, frame)
            return
        self.writeline("for event in environment.included(", node)
        self.visit(node.template, frame)
        self.write(f", context, {self.dump_local_context(frame)}):")
        self.indent()
        self.simple_write("event", frame)
        self.outdent()

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call; functions that ask for nothing of the template are called as they are."""
        called = node.node
        plain = isinstance(called, nodes.Name | nodes.EnvironmentAttribute) and called.name in _PLAIN
        if not plain or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        if forward_caller:
            self.write("caller")
        self.write(")")

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """An attribute, of what has it; else an item of that name, or what stands for what there is not."""
        self.write("(had if (had := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(owner, {node.attr!r}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame):
            self.write("(shown if (kind := type(shown := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame):
            self.write(
                ")) is Markup else str(shown) if kind is int else"
                " shown if kind is str and not environment.is_awkward(shown) else environment.write(shown))"
            )
        else:
            super()._output_child_post(node, frame, finalize)


def _is_escaped(frame: Frame) -> bool:
    """Whether HTML is written here, as everywhere but in blocks that say otherwise."""
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
