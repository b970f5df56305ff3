"""Whether the directory of hm3.ini can be reached, takes the account that searches, and has the entry of `base`."""

from ldap3.core.results import RESULT_SUCCESS

from core import UpstreamError, WrongOption, tls
from modules.ldap.config import LdapConfig
from modules.ldap.errors import CertificateRefused, MissingEntry, Unreachable
from modules.ldap.link import Account, open_link


def try_directory(config: LdapConfig) -> str:
    """Try every server, since each may be the one that is asked."""
    for host in config.hosts:
        _try(config, host)
    return f"{', '.join(config.hosts)} at port {config.port_number}: the directory answers."


def _try(config: LdapConfig, host: str) -> None:
    account = Account(config.bind_dn, config.bind_password) if config.bind_dn and config.bind_password else None
    place = f"{host} at port {config.port_number}"
    try:
        with open_link(config, tls.make_context(config.options), host, account) as link:
            if account is not None and link.bind() != RESULT_SUCCESS:
                raise WrongOption("bind_password", f"The directory {place} does not accept bind_dn and bind_password.")
            if config.base is not None:
                link.search(config.base, "(objectClass=*)", ["1.1"], most=1, below=False)
    except MissingEntry as error:
        raise WrongOption("base", f"The directory {place} has no such entry, or does not show it.") from error
    except CertificateRefused as error:
        raise UpstreamError(f"The directory {place} could not show who it is: {error.__cause__}.") from error
    except Unreachable as error:
        raise UpstreamError(f"The directory {place} cannot be reached: {error.__cause__}.") from error
