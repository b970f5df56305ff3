"""The web servers of config/deploy, run with those very files: only names, ports and certificates are put in."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.certificates import Certificates
from demo.ports import LOOPBACK
from demo.processes import Child, start_child

_FILES = Path(__file__).resolve().parents[2] / "config" / "deploy"
_HM3 = "127.0.0.1:8300"
# What a site's file is part of, without a word to the system's own folders.
_AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def proxy_missing(name: str) -> str:
    """Why a web server cannot run here; nothing where it can."""
    return "" if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin") else f"{name} is not installed."


@contextmanager
def running_proxy(
    name: str, folder: Path, ports: tuple[int, int], certificates: Certificates, hm3: str
) -> Iterator[Child]:
    """Have nginx or Caddy stand before hm3 until the end of the block, on a port with TLS and one without."""
    folder.mkdir()
    command = _nginx(folder, ports, certificates, hm3) if name == "nginx" else _caddy(folder, ports, certificates, hm3)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    child = start_child(name, command, folder / f"{name}.log", environment={**os.environ, **home}, folder=folder)
    try:
        child.wait_for_port(ports[0], seconds=60)
        yield child
    finally:
        child.stop()


def _nginx(folder: Path, ports: tuple[int, int], certificates: Certificates, hm3: str) -> list[str | Path]:
    site = _with(
        (_FILES / "nginx.conf").read_text(),
        {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen {LOOPBACK}:{ports[1]};",
            "listen 443 ssl http2;": f"listen {LOOPBACK}:{ports[0]} ssl http2;",
            "/etc/ssl/mail.example.org/fullchain.pem": str(certificates.certificate),
            "/etc/ssl/mail.example.org/privkey.pem": str(certificates.key),
            "mail.example.org": "localhost",
            _HM3: hm3,
        },
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user, site=site))
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx"
    return [program, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]


def _caddy(folder: Path, ports: tuple[int, int], certificates: Certificates, hm3: str) -> list[str | Path]:
    ours = f"""
{{
    admin off
    http_port {ports[1]}
}}
https://localhost:{ports[0]} {{
    bind {LOOPBACK}
    tls {certificates.certificate} {certificates.key}
"""
    site = _with((_FILES / "Caddyfile").read_text(), {"mail.example.org {": ours, _HM3: hm3})
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


def _with(text: str, changed: dict[str, str]) -> str:
    """A file with other names in it. Raises ValueError where one of them is not there."""
    for old, new in changed.items():
        if old not in text:
            raise ValueError(f"There is no {old.strip()} in the file.")
        text = text.replace(old, new)
    return text
