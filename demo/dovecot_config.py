"""The configuration file of the demo's Dovecot 2.3."""

import grp
import pwd
from dataclasses import dataclass
from pathlib import Path

from demo.certificates import Certificates

_SPECIAL_MAILBOXES = ("Drafts", "Sent", "Junk", "Trash", "Archive")


@dataclass(frozen=True)
class DovecotLayout:
    """Where one instance keeps its things: `run` goes when it stops, mail and users stay."""

    run: Path
    mail: Path
    users: Path
    log: Path
    account: str


def dovecot_config(
    layout: DovecotLayout,
    ports: tuple[int, ...],
    certificates: Certificates,
    *,
    mechanisms: str,
    capability: str | None,
    sieve: bool,
) -> str:
    """The text of dovecot.conf. Ports are those of IMAP, IMAPS, LMTP and authentication, in this order."""
    return "".join(
        (
            _process_settings(layout),
            _login_settings(layout, certificates, mechanisms),
            _mail_settings(layout, capability, sieve=sieve),
            _services(ports),
        )
    )


def _process_settings(layout: DovecotLayout) -> str:
    group = grp.getgrgid(pwd.getpwnam(layout.account).pw_gid).gr_name
    return f"""\
base_dir = {layout.run}/run
state_dir = {layout.run}/state
instance_name = hm3-demo
log_path = {layout.log}
info_log_path = {layout.log}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {layout.account}
default_internal_group = {group}
default_login_user = {layout.account}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {layout.account}
mail_gid = {group}
mail_fsync = never
"""


def _login_settings(layout: DovecotLayout, certificates: Certificates, mechanisms: str) -> str:
    account = pwd.getpwnam(layout.account)
    return f"""\
ssl = yes
ssl_cert = <{certificates.certificate}
ssl_key = <{certificates.key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_username_format = %Lu
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {layout.users}/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {layout.users}/%u
  default_fields = uid={account.pw_uid} gid={account.pw_gid}
}}
"""


def _mail_settings(layout: DovecotLayout, capability: str | None, *, sieve: bool) -> str:
    mailboxes = "".join(
        f"  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}\n" for name in _SPECIAL_MAILBOXES
    )
    return f"""\
mail_home = {layout.mail}/%u
mail_location = maildir:~/Maildir:INDEX=~/index
mailbox_list_index = yes
mail_max_userip_connections = 100
mail_plugins = $mail_plugins quota
mail_attribute_dict = file:%h/dovecot-attributes
namespace inbox {{
  inbox = yes
  separator = /
{mailboxes}}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=1G
  quota_rule2 = Trash:storage=+10%%
  sieve = file:~/sieve;active=~/.dovecot.sieve
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_quota imap_zlib
  imap_metadata = yes
  imap_idle_notify_interval = 30 s
}}
protocol lmtp {{
  mail_plugins = $mail_plugins{" sieve" if sieve else ""}
  postmaster_address = postmaster@example.test
}}
{f"imap_capability = {capability}" if capability else ""}
"""


def _services(ports: tuple[int, ...]) -> str:
    imap, imaps, lmtp, auth = ports
    return f"""\
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  process_limit = 1000
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0600
  }}
  inet_listener {{
    port = {auth}
  }}
}}
"""
