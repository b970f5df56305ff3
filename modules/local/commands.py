"""What an admin does with local accounts at the command line: `hm3 user ...`."""

from dataclasses import replace

from core import (
    Conflict,
    NotFound,
    PasswordHasher,
    PasswordPrompt,
    Revocation,
    RoleName,
    Roles,
    Secret,
    Sentence,
    refuse_weak,
)
from modules.local.module import module
from modules.local.names import AccountName, Address, DisplayName
from modules.local.store import LocalAccount, LocalAccounts

GROUP = "user"
NONE = "none"


@module.command("add", group=GROUP)
def add(
    name: AccountName,
    display_name: DisplayName | None,
    address: Address | None,
    role: RoleName | None,
    prompt: PasswordPrompt,
    accounts: LocalAccounts,
    hasher: PasswordHasher,
    roles: Roles,
) -> str:
    """Make an account. NAME is what the person logs in with; the password is asked for."""
    if accounts.find(name) is not None:
        raise Conflict(Sentence("There is an account %(name)s already.", name=name))
    given = _known((role,) if role is not None else (), roles)
    called, at = display_name or "", address or (name if "@" in name else "")
    password = _ask(prompt, name, called, at)
    accounts.add(LocalAccount(name, hasher.hash(password), given, called, at))
    return f"{name} can log in."


@module.command("list", group=GROUP)
def list_accounts(accounts: LocalAccounts, roles: Roles) -> str:
    """Show every local account: name, roles, display name and address."""
    found = accounts.all()
    if not found:
        return "There are no local accounts. Make one with: hm3 user add NAME"
    rows = [("NAME", "ROLES", "CALLED", "ADDRESS", "")]
    for account in found:
        has = ", ".join(sorted(account.roles | roles.of(account.name))) or "-"
        state = "disabled" if account.disabled else ""
        rows.append((account.name, has, account.display_name or "-", account.address or "-", state))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


@module.command("passwd", group=GROUP)
def set_password(
    name: AccountName,
    prompt: PasswordPrompt,
    accounts: LocalAccounts,
    hasher: PasswordHasher,
    revocation: Revocation,
) -> str:
    """Give an account a new password, and log it out everywhere.

    What is stored for the user stays encrypted under the old one: at the next login they are asked for it, or for their
    recovery code, or begin afresh.
    """
    account = _account(accounts, name)
    password = _ask(prompt, name, account.display_name, account.address)
    accounts.change(name, accounts.with_password(hasher.hash(password)))
    revocation.log_out_everywhere(name)
    return (
        f"{name} logs in with the new password. What is stored for them stays locked until they give the old password "
        "or the recovery code."
    )


@module.command("role", group=GROUP)
def set_roles(
    name: AccountName, wanted: tuple[RoleName, ...], accounts: LocalAccounts, revocation: Revocation, roles: Roles
) -> str:
    """Give an account these roles of hm3.ini and no others; none takes all away, nothing shows them."""
    account = _account(accounts, name)
    if wanted:
        given = frozenset() if wanted == (NONE,) else _known(wanted, roles)
        accounts.change(name, lambda now: replace(now, roles=given))
        revocation.log_out_everywhere(name)
        account = _account(accounts, name)
    own = _listed(account.roles)
    beside = roles.of(name)
    return f"{name} has {own}." + (f" By hm3.ini also {_listed(beside)}." if beside else "")


@module.command("disable", group=GROUP)
def disable(name: AccountName, accounts: LocalAccounts, revocation: Revocation) -> str:
    """Keep somebody out, and log them out everywhere. What is stored for them stays."""
    _switch(accounts, name, disabled=True)
    revocation.log_out_everywhere(name)
    return f"{name} can no longer log in."


@module.command("enable", group=GROUP)
def enable(name: AccountName, accounts: LocalAccounts) -> str:
    """Let somebody in again who was disabled."""
    _switch(accounts, name, disabled=False)
    return f"{name} can log in."


def _account(accounts: LocalAccounts, name: AccountName) -> LocalAccount:
    account = accounts.find(name)
    if account is None:
        raise NotFound(Sentence("There is no account %(name)s.", name=name))
    return account


def _switch(accounts: LocalAccounts, name: AccountName, *, disabled: bool) -> None:
    accounts.change(name, lambda now: replace(now, disabled=disabled))


def _ask(prompt: PasswordPrompt, name: str, *names: str) -> Secret:
    password = prompt.new_password(name)
    try:
        refuse_weak(password, name, *names)
    except ValueError as error:
        raise Conflict(Sentence("The password %(reason)s. Nothing was changed.", reason=error)) from error
    return password


def _known(wanted: tuple[RoleName, ...], roles: Roles) -> frozenset[str]:
    """Roles that hm3.ini knows. Raises NotFound for another, which would allow nothing."""
    known = frozenset(roles.by_role).union(*roles.by_user.values())
    for role in wanted:
        if role not in known:
            there = ", ".join(sorted(known)) or "none"
            raise NotFound(
                Sentence(
                    "hm3.ini knows no role %(role)s; it knows %(roles)s. Name roles under [roles] and [permissions].",
                    role=role,
                    roles=there,
                )
            )
    return frozenset(str(role) for role in wanted)


def _listed(names: frozenset[str]) -> str:
    if not names:
        return "no role"
    return f"the {'role' if len(names) == 1 else 'roles'} {', '.join(sorted(names))}"
