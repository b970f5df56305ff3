"""The colours of a message on a dark page: changed so that whatever it writes stays readable on whatever it writes on.

Colours are changed in OKLCH, where lightness is what people see. Everything that is written on becomes dark enough, and
everything written light enough, that any of the one has WCAG 2's contrast of 4.5 with any of the other: which stands on
which need not be known. A browser chooses between the colour as it was sent and the changed one by its colour scheme.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import tinycss2
from tinycss2 import ast
from tinycss2.color4 import Color, parse_color

Rgb = tuple[float, float, float]

# (0.46 + 0.05) / (0.055 + 0.05) is more than 4.5 (WCAG 2.2 1.4.3).
LIGHTEST_GROUND = 0.055
DARKEST_INK = 0.46
_INKS = frozenset({"color", "text-decoration", "text-decoration-color", "text"})
_GROUNDS = frozenset({"background", "background-color", "background-image", "bgcolor"})
_ATTRIBUTES = {"bgcolor": "background-color", "color": "color"}
_BARE_HEX = re.compile(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{3}", re.ASCII)
_WRITTEN = re.compile(r"#?[0-9a-zA-Z]{3,30}", re.ASCII)
MOST_ATTRIBUTES = 500


@dataclass
class Paint:
    """What becomes of the colours of one message. Where it is `either`, each comes with one for a dark page."""

    either: bool = False
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)

    def value(self, name: str, token: ast.Node, written: str) -> str:
        """What stands in place of one word of a property's value."""
        if not self.either or not _takes_colours(name):
            return written
        colour = parse_color(token)
        dark = darkened(name, colour) if isinstance(colour, Color) else ""
        return f"light-dark({written}, {dark})" if dark else written

    def attribute(self, name: str, value: str) -> None:
        """Remember a colour that an attribute names: `rules` says what it is on a dark page."""
        if self.either and name in _ATTRIBUTES and len(self.attributes) < MOST_ATTRIBUTES:
            written = f"#{value}" if _BARE_HEX.fullmatch(value) else value
            colour = parse_color(tinycss2.parse_one_component_value(written))
            dark = darkened(name, colour) if isinstance(colour, Color) and _WRITTEN.fullmatch(value) else ""
            if dark:
                self.attributes[(name, value)] = f"light-dark({written}, {dark})"

    def rules(self) -> str:
        """Rules for the colours that attributes name, as weak as these are."""
        return "\n".join(
            f'.hm3-message :where([{name}="{value}"]) {{ {_ATTRIBUTES[name]}: {either} }}'
            for (name, value), either in self.attributes.items()
        )


def darkened(name: str, colour: Color) -> str:
    """The colour that a property has on a dark page; nothing where it stays as it is."""
    red, green, blue = (float(part) for part in colour.to("srgb").coordinates)
    alpha = float(colour.alpha)
    if alpha == 0 or not all(-0.1 <= part <= 1.1 for part in (red, green, blue)):
        return ""
    rgb = (_clamped(red), _clamped(green), _clamped(blue))
    if name in _INKS:
        return _hex(ink(rgb))
    if name in _GROUNDS:
        return _with_alpha(ground(rgb), alpha)
    return _with_alpha(line(rgb), alpha)


@lru_cache(maxsize=4096)
def ground(rgb: Rgb) -> Rgb:
    """What is written on: dark; what was dark before nearly stays."""
    lightness, a, b = _oklab(rgb)
    wanted = lightness if lightness <= 0.35 else 0.35 - (lightness - 0.35) * 0.2
    return _fitting(max(0.16, wanted), a, b, -0.01, lambda made: luminance(made) <= LIGHTEST_GROUND)


@lru_cache(maxsize=4096)
def ink(rgb: Rgb) -> Rgb:
    """What is written: light; what was light before nearly stays."""
    lightness, a, b = _oklab(rgb)
    wanted = max(0.93 - lightness * 0.25, lightness)
    return _fitting(min(0.97, wanted), a, b, 0.01, lambda made: luminance(made) >= DARKEST_INK)


@lru_cache(maxsize=4096)
def line(rgb: Rgb) -> Rgb:
    """What divides: its lightness turned around, between that of what is written and of what is written on."""
    lightness, a, b = _oklab(rgb)
    return _fitting(0.33 + (1 - lightness) * 0.3, a, b, 0, lambda made: True)


def luminance(rgb: Rgb) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast of two colours (WCAG 2.2), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _takes_colours(name: str) -> bool:
    return name in _INKS or name in _GROUNDS or name.startswith("border")


def _fitting(lightness: float, a: float, b: float, step: float, fits: Callable[[Rgb], bool]) -> Rgb:
    """The colour of this lightness, or of one further on, that screens can show and that fits."""
    for _ in range(100):
        made = _shown(lightness, a, b)
        if fits(made):
            return made
        lightness, a, b = lightness + step, a * 0.97, b * 0.97
    return (1.0, 1.0, 1.0) if step > 0 else (0.0, 0.0, 0.0)


def _shown(lightness: float, a: float, b: float) -> Rgb:
    """The colour with as much of its chroma as screens can show, rounded as it is written."""
    for share in (1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1):
        made = _rgb(lightness, a * share, b * share)
        if all(-0.001 <= part <= 1.001 for part in made):
            break
    else:
        made = _rgb(lightness, 0, 0)
    red, green, blue = (round(_clamped(part) * 255) / 255 for part in made)
    return red, green, blue


def _oklab(rgb: Rgb) -> tuple[float, float, float]:
    """Lightness, and two axes of colour (Ottosson's OKLab, as in CSS Color 4 10.9)."""
    red, green, blue = map(_linear, rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _rgb(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _clamped(part: float) -> float:
    return min(1.0, max(0.0, part))


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _with_alpha(rgb: Rgb, alpha: float) -> str:
    return _hex(rgb) if alpha >= 1 else f"{_hex(rgb)}{round(_clamped(alpha) * 255):02x}"
