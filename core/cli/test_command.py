"""`hm3 test`: set up what the tests need, check the code, run the tests and measure what they reach."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
CODE = ("core", "modules", "demo", "bench", "ci", "tests")
COVERED_AT_LEAST = 98
# More than most machines have processors: much of the time tests wait for servers and browsers.
WORKERS = 3
# More failures than these are no matter of a machine that was busy for a moment.
MOST_REPEATED = 10
# Where pytest keeps the names of the tests that failed.
FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
_SOME_FAILED = 1  # pytest's exit code where tests failed, and for no other reason

_MEASURED = ("--cov=core", "--cov=modules", "--cov-report=term:skip-covered")

# The program that shows that a Debian package is there, and the package.
PACKAGES: Mapping[str, str] = {
    "/usr/sbin/dovecot": "dovecot-imapd",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/sbin/postfix": "postfix",
    "/usr/lib/postgresql": "postgresql",
    "/usr/bin/redis-server": "redis-server",
    "/usr/sbin/slapd": "slapd",
    "/usr/sbin/clamd": "clamav-daemon",
    "/usr/sbin/nginx": "nginx-light",
    "/usr/bin/caddy": "caddy",
    "/usr/bin/chromium": "chromium",
    "/usr/bin/chromedriver": "chromium-driver",
}
POLICY = Path("/usr/sbin/policy-rc.d")  # says whether an installed service may start


def run_tests(arguments: Sequence[str]) -> int:
    """Run everything, or with arguments what pytest makes of them; the exit code of the first step that failed.

    A run without arguments checks style and types too and fails where the tests reach less than they should. What
    fails in it is run once more by itself.
    """
    fast = "--fast" in arguments
    if not fast:
        click.echo(prepare_machine(PACKAGES, root=os.geteuid() == 0))
    environment = {**os.environ, "SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    # Hundreds of processes start from the same files: each would compile all of them anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    failed = 0
    if not arguments:
        for words, command in checks():
            click.echo(words)
            failed = failed or run(command, environment)
    tests = run(pytest_command(arguments, fast=fast), environment)
    if tests == _SOME_FAILED and not arguments:
        tests = repeat(failures(), environment)
    if failed and not tests:
        click.echo("The tests passed, but a check before them did not: see above.", err=True)
    return tests or failed


def checks() -> tuple[tuple[str, Sequence[str]], ...]:
    """What is said and run before the tests."""
    return (
        ("Checking style ...", ("ruff", "check", "--quiet", *CODE)),
        ("Checking format ...", ("ruff", "format", "--quiet", "--check", *CODE)),
        ("Checking types ...", ("mypy", "--no-error-summary", *CODE)),
    )


def pytest_command(arguments: Sequence[str], *, fast: bool) -> Sequence[str]:
    """How pytest is called."""
    # The tests' own order counts: by itself, xdist begins with the files of the most tests, not with the longest.
    by_file = ("--dist", "loadfile", "--no-loadscope-reorder")
    command = ["pytest", "-q", "-n", str(WORKERS), *by_file, "--driver", "Chrome", *arguments]
    if not arguments:
        # What failed in earlier runs is forgotten first: the names of this one are read afterwards.
        command += ["--cache-clear", f"--cov-fail-under={COVERED_AT_LEAST}", *_MEASURED]
    return command


def failures() -> tuple[str, ...]:
    """The names of what failed in the last run, in order; none where that is not known."""
    try:
        return tuple(sorted(json.loads(FAILED.read_text("utf-8"))))
    except (OSError, ValueError):
        return ()


def repeat(failed: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a few tests that failed once more, one after another with nothing beside them; 0 where all pass now.

    To be skipped is not to pass: a server or browser that dies may take the tests with it that failed for that.
    Says which of them those were. What the tests reach is judged by the first run alone.
    """
    # A name without "::" is a file that could not be read.
    if not 0 < len(failed) <= MOST_REPEATED or not all("::" in name for name in failed):
        return _SOME_FAILED
    click.echo("\nLines that the first run reached, in percent:")
    reached = run(("coverage", "report", "--format=total", f"--fail-under={COVERED_AT_LEAST}"), environment)
    click.echo(f"\nOnce more, one after another: {len(failed)} that failed ...")
    alone = ("pytest", "-q", "-n", "0", "--driver", "Chrome", "--last-failed", "--last-failed-no-failures=none")
    again = run((*alone, "-p", "ci.unskipped", "--cov-append", *_MEASURED), environment)
    # A name that the second run did not find stays among the failures, whatever that run's exit code.
    still = failures()
    passed = [name for name in failed if name not in still]
    if passed:
        _tell("FAILED BESIDE OTHERS, AND PASSED ALONE:", passed)
        click.echo("A machine that does other work may delay a process. Each of these tests is a task for somebody:")
        click.echo("CONTRIBUTING.md says why.")
    if still:
        _tell("DID NOT PASS ALONE EITHER:", still)
    if reached:
        click.echo(f"The first run reached less than {COVERED_AT_LEAST} % of the lines: see above.", err=True)
    return again or (_SOME_FAILED if still or reached else 0)


def _tell(title: str, names: Sequence[str]) -> None:
    click.secho("\n".join(["", title, *(f"    {name}" for name in names)]), bold=True)


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of the environment's own programs in the project's folder."""
    name, *rest = command
    return subprocess.run([sys.executable, "-m", name, *rest], cwd=ROOT, env=environment).returncode


def prepare_machine(packages: Mapping[str, str], *, root: bool, policy: Path = POLICY) -> str:
    """Install what is missing where that may be done; what was done or is to be done, in a sentence."""
    missing = sorted({package for program, package in packages.items() if not Path(program).exists()})
    if not missing:
        return "Mail servers and browser are here."
    if not root or not shutil.which("apt-get"):
        return (
            f"Missing here: {', '.join(missing)}. The tests that need them are skipped and say so. "
            f"Install them with: sudo apt-get install {' '.join(missing)}"
        )
    click.echo(f"Installing {', '.join(missing)} ...")
    return install(missing, policy)


def install(missing: Sequence[str], policy: Path = POLICY) -> str:
    """Install Debian packages without questions and without starting any service; how that went, in a sentence."""
    keeps_quiet = not policy.exists()
    if keeps_quiet:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600")
    try:
        for command in ((*apt, "update"), (*apt, "install", "-y", "--no-install-recommends", *missing)):
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-6:])
                return f"{' '.join(command)} failed; the tests that need it are skipped and say so:\n{last}"
    finally:
        if keeps_quiet:
            policy.unlink()
    return f"Installed {', '.join(missing)}."
