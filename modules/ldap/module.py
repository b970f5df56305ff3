"""LDAP: logs users in by a directory, which tells their names, addresses and roles as well."""

from core import Module
from modules.ldap.check import try_directory
from modules.ldap.config import LdapConfig
from modules.ldap.services import offer_authenticator, open_directory

module = Module("ldap", on=False)

module.config(LdapConfig)
module.check("hosts")(try_directory)
module.shared(open_directory)
module.service(offer_authenticator)
