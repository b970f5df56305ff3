"""Commands that modules add: `hm3 <group> <command>`, with what the admin types and what the application offers.

The group is the module's name unless the module says otherwise.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.terminal import Confirmation, PasswordPrompt

if TYPE_CHECKING:
    from core.loader import Loaded
    from core.module import Command
    from core.wiring.signature import Need

_ENABLED = "Commands of modules are there when [modules] in hm3.ini has the module on."


class CommandLine(click.Group):
    """The command `hm3`: its own commands, and for any other name those that modules add under it."""

    def get_command(self, context: click.Context, name: str) -> click.Command:
        """The command of a name; whether a module adds one turns out when its own commands are looked at."""
        return super().get_command(context, name) or ModuleCommands(name)


class ModuleCommands(click.Group):
    """The commands that modules add under one name, read from them when they are asked for."""

    def __init__(self, name: str) -> None:
        config = click.Option(
            ["--config"], type=click.Path(path_type=Path), help="The configuration.  [default: hm3.ini, if any]"
        )
        super().__init__(name, params=[config], help=f"What modules offer under {name}.", no_args_is_help=True)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Take `--config PATH` after the command as well as before it, since it decides which commands there are."""
        return super().parse_args(context, _config_first(args))

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of the commands. Raises UsageError where no enabled module has any."""
        return [command.name for command in self._find(context)[1]]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One of the commands. Raises UsageError where no enabled module has it."""
        loaded, commands = self._find(context)
        found = next((make_command(loaded, command) for command in commands if command.name == name), None)
        if found is None:
            raise click.UsageError(f"No such command '{name}'. {_ENABLED}", context)
        return found

    def _find(self, context: click.Context) -> "tuple[Loaded, list[Command]]":
        from core.loader import load

        config: Path | None = context.params.get("config")
        loaded = load(config or Path("hm3.ini"), must_exist=config is not None)
        commands = [command for module in loaded.modules for command in module.commands if command.group == self.name]
        if not commands:
            raise click.UsageError(f"No such command '{self.name}'. {_ENABLED}", context.parent)
        return loaded, commands


def _config_first(args: list[str]) -> list[str]:
    """The words of a command line with the configuration before all others; what follows `--` is left alone."""
    end = args.index("--") if "--" in args else len(args)
    for place, word in enumerate(args[:end]):
        if word == "--config" or word.startswith("--config="):
            length = 2 if word == "--config" else 1
            return args[place : place + length] + args[:place] + args[place + length :]
    return args


def make_command(loaded: "Loaded", command: "Command") -> click.Command:
    """A function of a module as a command that runs it in the opened application."""
    from core.wiring.signature import is_typed, needs

    def run(**arguments: object) -> None:
        from core.web.site import open_parts

        with open_parts(loaded, pages=False) as site:
            said = site.application.run(command.function, arguments)
        if said is not None:
            click.echo(str(said))

    parameters = [_parameter(need) for need in needs(command.function) if is_typed(need.kind)]
    return click.Command(command.name, callback=run, params=parameters, help=command.function.__doc__)


def _parameter(need: "Need") -> click.Parameter:
    """How one parameter of a function is typed, or what asks for it."""
    from core.wiring.signature import Arity

    if need.kind is PasswordPrompt:
        words = "Read the password from standard input."
        return click.Option([need.name, "--stdin"], is_flag=True, help=words, callback=_made_by(PasswordPrompt))
    if need.kind is Confirmation:
        return click.Option([need.name, "--yes"], is_flag=True, help="Do not ask.", callback=_made_by(Confirmation))
    read = _reader(need.kind)
    if need.arity is Arity.OPTIONAL:
        return click.Option([f"--{need.name.replace('_', '-')}"], metavar="TEXT", callback=read)
    many = need.arity is Arity.ALL
    return click.Argument([need.name], nargs=-1 if many else 1, required=not many, callback=read)


def _made_by(kind: Callable[[bool], object]) -> Callable[[click.Context, click.Parameter, bool], object]:
    return lambda context, parameter, given: kind(given)


def _reader(kind: Any) -> Callable[[click.Context, click.Parameter, Any], object]:  # Any: a type with parse; text.
    """What turns arguments into their type, or says in a sentence why they cannot be."""

    def read(context: click.Context, parameter: click.Parameter, value: str | tuple[str, ...] | None) -> object:
        if value is None:
            return None
        if isinstance(value, tuple):
            return tuple(read(context, parameter, one) for one in value)
        try:
            return kind.parse(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} {error}.", context, parameter) from error

    return read
