"""A flame graph: folded stacks as a picture in which a function is as wide as the share of time that it took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_WIDTH, _ROW, _LETTER = 1400.0, 17, 6.6
_NARROWEST = 0.6


@dataclass
class Flame:
    """A function within its callers, how often it was seen there, and what it called."""

    name: str
    count: int = 0
    called: dict[str, "Flame"] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        """How many levels there are, this one included."""
        return 1 + max((inner.depth for inner in self.called.values()), default=0)


def read_folded(lines: Iterable[str]) -> Flame:
    """The tree of folded stacks, each line `outer;inner count`."""
    root = Flame("all")
    for line in lines:
        stack, _, count = line.strip().rpartition(" ")
        if not stack or not count.isdecimal():
            continue
        flame = root
        flame.count += int(count)
        for name in stack.split(";"):
            flame = flame.called.setdefault(name, Flame(name))
            flame.count += int(count)
    return root


def draw(root: Flame, title: str) -> str:
    """The picture as SVG; a browser tells each function's share when the pointer rests on it."""
    height = (root.depth + 2) * _ROW
    shapes: list[str] = []
    _draw(root, 0.0, _ROW * 1.5, _WIDTH / max(1, root.count), root.count, shapes)
    style = "text{font:11px monospace;pointer-events:none}rect{stroke:#fff;stroke-width:.5}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:.0f}" height="{height}" '
        f'viewBox="0 0 {_WIDTH:.0f} {height}"><style>{style}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="4" y="14">{escape(title)}</text>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _draw(flame: Flame, left: float, top: float, scale: float, total: int, shapes: list[str]) -> None:
    width = flame.count * scale
    if width < _NARROWEST:
        return
    share = f"{flame.name}: {flame.count / max(1, total):.1%}"
    shapes.append(
        f'<g><rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_ROW}" fill="{_colour(flame.name)}">'
        f"<title>{escape(share)}</title></rect>"
    )
    room = int(width / _LETTER)
    if room > 3:
        shapes.append(f'<text x="{left + 2:.1f}" y="{top + 12:.1f}">{escape(flame.name[-room:])}</text>')
    shapes.append("</g>")
    for inner in sorted(flame.called.values(), key=lambda one: -one.count):
        _draw(inner, left, top + _ROW, scale, total, shapes)
        left += inner.count * scale


def _colour(name: str) -> str:
    """Our own code stands out from what it stands on."""
    tone = sum(name.encode()) % 40
    if name.startswith("modules/"):
        return f"hsl({20 + tone},85%,65%)"
    return f"hsl({200 + tone},70%,70%)" if name.startswith("core/") else f"hsl(60,{20 + tone}%,80%)"
