"""`python -m fuzz html --seconds 600` fuzzes one target; `python -m fuzz` lists them."""

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fuzz.bounds import TooSlow, at_most, bound_memory
from fuzz.mutating import mutations
from fuzz.seeds import seeds

Target = Callable[[bytes], None]
LONGEST_INPUT = 2.0  # seconds of the processor's time
MEGABYTES = 2_000


def main(arguments: list[str] | None = None) -> int:
    """Fuzz; 1 or an error where a promise did not hold, with the input that shows it in a file."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="target", help="what to fuzz; without any, the targets are listed"
    )
    parser.add_argument("--seconds", type=int, default=300, help="how long, led by coverage (300)")
    parser.add_argument("--inputs", type=int, help="so many inputs in place of that, the same ones every time")
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help=f"how much memory ({MEGABYTES})")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="the folder of what was found")
    told = parser.parse_args(arguments)
    led = told.inputs is None and bool(told.targets) and importlib.util.find_spec("atheris") is not None
    targets = _led_targets() if led else _targets()
    if not told.targets or set(told.targets) - set(targets):
        print(f"Targets: {', '.join(targets)}.", file=sys.stderr)
        return 2 if told.targets else 0
    if led:
        return _led_by_coverage(targets[told.targets[0]], told.targets[0], told)
    bound_memory(told.megabytes)
    return max(_try_all(name, targets[name], told.inputs or 20_000, told.found) for name in told.targets)


def _targets() -> Mapping[str, Target]:
    from fuzz.targets import TARGETS
    from modules.mail.html import limits

    # A text as short as these nests no deeper than parsers stand; a process to try each would take all the time.
    limits.parses_well = lambda html: True  # type: ignore[attr-defined]  # it is imported there, not exported
    return TARGETS


def _led_targets() -> Mapping[str, Target]:
    """The same, with what reads mail made to tell which ways it takes."""
    import atheris  # type: ignore[import-untyped]  # it has no types

    with atheris.instrument_imports(include=["fuzz.cards", "fuzz.targets", "modules", "tinycss2"]):
        return _targets()


def _try_all(name: str, target: Target, number: int, found: Path) -> int:
    begun = list(seeds(name))
    return _try(name, target, begun, found) or _try(name, target, mutations(begun, number, name), found)


def _try(name: str, target: Target, inputs: Iterable[bytes], found: Path) -> int:
    for octets in inputs:
        try:
            with at_most(LONGEST_INPUT):
                target(octets)
        except (Exception, TooSlow):  # whatever it is, it is what is looked for
            found.mkdir(exist_ok=True)
            place = found / f"{name}-{hash(octets) & 0xFFFFFFFF:08x}"
            place.write_bytes(octets)
            print(f"{name}: see {place}", file=sys.stderr)
            raise
    return 0


def _led_by_coverage(target: Target, name: str, told: argparse.Namespace) -> int:
    """Let libFuzzer, by atheris, make inputs that reach what no other did. It ends this process itself."""
    import atheris

    told.found.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for place, octets in enumerate(seeds(name)):
            (Path(folder) / str(place)).write_bytes(octets)
        bounds = [f"-max_total_time={told.seconds}", f"-rss_limit_mb={told.megabytes}", "-timeout=5", "-max_len=20000"]
        atheris.Setup(["fuzz", *bounds, f"-artifact_prefix={told.found}/{name}-", folder], target)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
