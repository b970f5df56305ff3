"""The command `hm3` and what it can be told. Each command's work is in another file, imported when asked for."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.commands import CommandLine
from core.errors import WebmailError

if TYPE_CHECKING:
    from core.loader import Loaded

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=None,
    help="The configuration.  [default: hm3.ini, where there is one]",
)


def main() -> None:
    """Run the command line. A deliberate error is one sentence a line and exit code 1; wrong usage is 2."""
    try:
        hm3(prog_name="hm3")
    except WebmailError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def hm3() -> None:
    """A self-hosted webmail."""


@hm3.command()
@config_option
@click.option("--bind", metavar="ADDRESS:PORT", help="Where to listen, in place of [app] bind.")
@click.option(
    "--insecure-behind-proxy",
    is_flag=True,
    help="Listen beyond this machine although no proxy is trusted: something else must keep strangers out.",
)
def serve(config: Path | None, bind: str | None, insecure_behind_proxy: bool) -> None:
    """Serve the site."""
    from core.cli.serve import serve_site

    sys.exit(serve_site(_load(config), bind, insecure_behind_proxy))


@hm3.command()
@click.option("--bind", metavar="ADDRESS:PORT", default="127.0.0.1:8300", show_default=True, help="Where to listen.")
@click.option("--fresh", is_flag=True, help="Begin with a new mailbox.")
def demo(bind: str, fresh: bool) -> None:
    """Serve the site with a mail server and a mailbox to try it on."""
    from demo.run import run_demo

    sys.exit(run_demo(bind, fresh))


@hm3.command()
@click.option("--sizes", default="200,10000,100000", show_default=True, help="How many messages the mailboxes hold.")
@click.option("--users", default="8,32,64", show_default=True, help="How many users work at once, after one alone.")
@click.option("--only", default="", metavar="NAMES", help="Only this work of one user, such as list,open,flag.")
@click.option("--rounds", default=15, show_default=True, help="How often each work is measured.")
@click.option("--delay", default="0 ms", show_default=True, metavar="TIME", help="How far away the mail server is.")
@click.option("--speed", default="", metavar="SPEED", help="How fast the line to it is, such as 10Mbit.")
@click.option("--compress", is_flag=True, help="What hm3 and the mail server say to each other is compressed.")
@click.option("--workers", default=1, show_default=True, help="How many processes of hm3 serve.")
@click.option("--pause", default="0 ms", show_default=True, metavar="TIME", help="How long users rest between actions.")
@click.option("--streams", default=0, metavar="N", help="Keep N streams of events of those users open instead.")
@click.option("--quick", is_flag=True, help="The first mailbox alone, in three rounds.")
@click.option("--commands", is_flag=True, help="Say too what the mail server was asked for.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure here.")
@click.option("--imap", "server", metavar="SERVER", help="Measure what reads at this mail server, in place of all.")
@click.option("--user", metavar="NAME", help="Whose mailbox there; the password is asked for.")
@click.option("--profile", "profiled", metavar="NAME", help="Draw where this work's time goes, and measure nothing.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("bench-data"),
    show_default=True,
    help="The folder that keeps the mailboxes for the next run.",
)
def bench(
    sizes: str,
    users: str,
    only: str,
    rounds: int,
    delay: str,
    speed: str,
    compress: bool,
    workers: int,
    pause: str,
    streams: int,
    quick: bool,
    commands: bool,
    json_file: Path | None,
    server: str | None,
    user: str | None,
    profiled: str | None,
    data: Path,
) -> None:
    """Measure hm3 beside the mail server's own time."""
    from bench.run import measure_theirs, profile, run_bench
    from bench.wanted import read_theirs, read_wanted, refuse_what_does_not_go_together

    refuse_what_does_not_go_together(server, user, profiled)
    wanted = read_wanted(
        sizes,
        users,
        only,
        rounds,
        delay,
        data,
        commands=commands,
        quick=quick,
        workers=workers,
        speed=speed,
        compress=compress,
        streams=streams,
        pause=pause,
    )
    if server is not None:
        theirs = read_theirs(server, user, lambda: click.prompt("Password", hide_input=True, err=True))
        sys.exit(measure_theirs(theirs, wanted, json_file))
    if profiled is not None:
        sys.exit(profile(wanted, profiled, Path(f"profile-{profiled}.svg")))
    sys.exit(run_bench(wanted, json_file))


@hm3.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; what follows goes to pytest."""
    from core.cli.test_command import run_tests

    sys.exit(run_tests(arguments))


@hm3.command()
@config_option
@click.option("--shipped", is_flag=True, help="Leave out modules that do not come with hm3.")
def build(config: Path | None, shipped: bool) -> None:
    """Build the front end into site/ and compile the translations, with those of the modules that are on."""
    from core.cli.build import build_site
    from core.loader import folders_from_elsewhere

    build_site(elsewhere=() if shipped else folders_from_elsewhere(config or Path("hm3.ini")))


@hm3.command()
@config_option
@click.option("--connect", is_flag=True, help="Try the servers that hm3.ini names, too.")
def check(config: Path | None, connect: bool) -> None:
    """Say what is wrong with hm3.ini and the modules, without serving."""
    from core.cli.check import check_site
    from core.output.assets import BUILT

    loaded = _load(config)
    check_site(loaded, click.echo, BUILT)
    if connect:
        from core.cli.reaching import try_servers

        try_servers(loaded, click.echo)


@hm3.command()
@click.argument("page")
@config_option
def explain(page: str, config: Path | None) -> None:
    """Say everything that happens on a page, such as mail.message."""
    from core.cli.check import explain_page

    explain_page(_load(config), page, click.echo)


@hm3.command()
@config_option
def routes(config: Path | None) -> None:
    """List every page: method, address, name, who may see it, module and formats."""
    from core.cli.check import list_routes

    list_routes(_load(config), click.echo)


@hm3.group("config")
def config_group() -> None:
    """Read, check and write hm3.ini."""


@config_group.command("show")
@config_option
def config_show(config: Path | None) -> None:
    """Show every option's value and where it came from; secrets stay hidden."""
    from core.cli.config import show_config

    show_config(_load(config), click.echo)


@config_group.command("check")
@config_option
def config_check(config: Path | None) -> None:
    """Say what is wrong with hm3.ini."""
    from core.cli.check import check_site

    check_site(_load(config), click.echo)


@config_group.command("new")
@click.option("--config", type=click.Path(path_type=Path), default=Path("hm3.ini"), help="The file to write.")
@click.option("--imap-host", metavar="NAME", help="The server that holds the mailboxes.")
@click.option("--smtp-host", metavar="NAME", help="The server that takes outgoing messages.")
def config_new(config: Path, imap_host: str | None, smtp_host: str | None) -> None:
    """Write an hm3.ini to start with."""
    from core.cli.config import new_config

    new_config(config, imap_host, smtp_host, click.echo)


@config_group.command("reference")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail where something would change.")
def config_reference(only_check: bool) -> None:
    """Write config/reference/*.ini from the options that the modules declare."""
    from core.cli.config import make_reference

    make_reference(only_check, click.echo)


@hm3.group("crypto")
def crypto_group() -> None:
    """Look after keys and what they encrypt."""


@crypto_group.command("status")
@config_option
def crypto_status(config: Path | None) -> None:
    """Say what is encrypted how and under which keys, and what is old or weak in that."""
    from core.cli.crypto import show_status

    show_status(_load(config), click.echo)


@crypto_group.command("rotate")
@config_option
@click.option("--vault", is_flag=True, help="The key of the vault, in place of the server's.")
def crypto_rotate(config: Path | None, vault: bool) -> None:
    """Make a new server key the active one, and encrypt anew what is under the old one."""
    from core.cli.rotation import rotate_keys

    rotate_keys(_load(config), vault, click.echo)


@crypto_group.command("migrate")
@config_option
def crypto_migrate(config: Path | None) -> None:
    """Encrypt anew, under the active keys and in the suite of hm3.ini, what the server may open by itself."""
    from core.cli.rotation import migrate

    migrate(_load(config), click.echo)


@crypto_group.command("new-key")
def crypto_new_key() -> None:
    """Print a line for a key file that hm3 does not write itself, such as a credential of systemd."""
    from core.cli.crypto import say_new_key

    say_new_key(click.echo)


def _load(config: Path | None) -> "Loaded":
    from core.loader import load

    return load(config or Path("hm3.ini"), must_exist=config is not None)
