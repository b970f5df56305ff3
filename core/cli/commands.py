"""Commands that modules add: `hm3 <module> <command>`, with what the admin types and what the application offers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from core.loader import Loaded
    from core.module import Command


class CommandLine(click.Group):
    """The command `hm3`: its own commands, and for any other name those of the module with that name."""

    def get_command(self, context: click.Context, name: str) -> click.Command:
        """The command of a name; whether a module has one turns out when its own commands are looked at."""
        return super().get_command(context, name) or ModuleCommands(name)


class ModuleCommands(click.Group):
    """The commands of one module, read from it when they are asked for."""

    def __init__(self, name: str) -> None:
        config = click.Option(
            ["--config"], type=click.Path(path_type=Path), help="The configuration.  [default: hm3.ini, if any]"
        )
        super().__init__(name, params=[config], help=f"What the module {name} offers.", no_args_is_help=True)

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of the module's commands. Raises UsageError where no module of this name has any."""
        return [command.name for command in self._find(context)[1]]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One of the module's commands."""
        loaded, commands = self._find(context)
        return next((make_command(loaded, command) for command in commands if command.name == name), None)

    def _find(self, context: click.Context) -> "tuple[Loaded, list[Command]]":
        from core.loader import load

        config: Path | None = context.params.get("config")
        loaded = load(config or Path("hm3.ini"), must_exist=config is not None)
        commands = [command for module in loaded.modules if module.name == self.name for command in module.commands]
        if not commands:
            raise click.UsageError(f"No such command '{self.name}'.", context.parent)
        return loaded, commands


def make_command(loaded: "Loaded", command: "Command") -> click.Command:
    """A function of a module as a command that runs it in the opened application."""
    from core.wiring.signature import is_typed, needs

    def run(**arguments: object) -> None:
        from core.web.site import open_parts

        with open_parts(loaded) as site:
            said = site.application.run(command.function, arguments)
        if said is not None:
            click.echo(str(said))

    typed = [need for need in needs(command.function) if is_typed(need.kind)]
    arguments: list[click.Parameter] = [click.Argument([need.name], callback=_reader(need.kind)) for need in typed]
    return click.Command(command.name, callback=run, params=arguments, help=command.function.__doc__)


def _reader(kind: Any) -> Callable[[click.Context, click.Parameter, str], object]:  # Any: a type with parse.
    """What turns an argument into its type, or says in a sentence why it cannot be."""

    def read(context: click.Context, parameter: click.Parameter, value: str) -> object:
        try:
            return kind.parse(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} {error}.", context, parameter) from error

    return read
