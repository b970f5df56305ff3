"""What the documents say, held against the program and the files beside them."""

import re
from pathlib import Path

import pytest

from core.cli.main import hm3
from core.ini.app import AppConfig
from core.loader import core_sections, load, shipped_modules

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("modules/*/README.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"\./hm3 ([a-z]+)", document.read_text()))
    assert named - set(hm3.commands) == set()


def test_every_module_says_what_it_is() -> None:
    folders = {file.parent for file in (ROOT / "modules").glob("*/module.py")}
    assert {folder.name for folder in folders if not (folder / "README.md").exists()} == set()


def test_the_hm3_ini_of_the_readme_is_right(tmp_path: Path) -> None:
    (text,) = re.findall(r"```ini\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    ini = tmp_path / "hm3.ini"
    ini.write_text(text)
    assert str(load(ini).config(AppConfig).address) == "https://mail.example.org"


def test_every_section_that_the_configuration_names_exists() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    table = text.split("## Sections")[1]
    named = set(re.findall(r"`\[([a-z]+)\]`", table))
    known = {section.name for section in core_sections()} | {module.name for module in shipped_modules()}
    assert named - known - {"roles", "permissions"} == set()


def test_the_proxies_ask_for_hm3_where_it_listens() -> None:
    address = str(AppConfig().bind)
    for name in ("nginx.conf", "Caddyfile"):
        assert address in (ROOT / "config" / "deploy" / name).read_text()


def test_the_container_may_do_nothing_but_serve() -> None:
    compose = (ROOT / "config" / "deploy" / "compose.yaml").read_text()
    for line in ("read_only: true", "- no-new-privileges:true", 'user: "65532:65532"', "cap_drop:\n      - ALL"):
        assert line in compose
    port = str(AppConfig().bind).rpartition(":")[2]
    assert f'"127.0.0.1:{port}:{port}"' in compose
    assert "USER 65532:65532" in (ROOT / "config" / "deploy" / "Containerfile").read_text()


def test_nginx_is_told_nothing_old_and_passes_on_what_hm3_believes() -> None:
    text = (ROOT / "config" / "deploy" / "nginx.conf").read_text()
    assert re.findall(r"TLSv1(?:\.\d)?", text) == ["TLSv1.2", "TLSv1.3"]
    assert set(re.findall(r"X-Forwarded-\w+", text)) == {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}
    assert "$proxy_add_x_forwarded_for" not in text


def test_the_service_writes_only_where_hm3_keeps_its_data() -> None:
    unit = (ROOT / "config" / "deploy" / "hm3.service").read_text()
    assert re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE) == ["/var/lib/hm3"]
    assert "ProtectSystem=strict" in unit and "NoNewPrivileges=yes" in unit and "User=hm3" in unit
