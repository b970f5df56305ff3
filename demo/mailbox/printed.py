"""Mail that machines print: newsletters, receipts, parcels on their way, notices and phishing."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.mailbox.mime import Attachment, Headers, build_message, flow
from demo.mailbox.papers import make_pdf
from demo.mailbox.people import ME, Person
from demo.mailbox.placed import Placed, days_ago, fingerprint, message_id
from demo.mailbox.templates import render

LETTERS = Path(__file__).parent / "letters"

# Any: the values of TOML tables, whose keys each function below names.
Table = Mapping[str, Any]


def read_table(name: str) -> Table:
    """One of the TOML files beside the letters."""
    with (LETTERS / name).open("rb") as file:
        return tomllib.load(file)


def newsletters(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """Every issue of every newsletter, in HTML with withheld pictures and a counting pixel."""
    table = read_table("newsletters.toml")
    for issue in table["issue"]:
        brand = table["brand"][issue["brand"]]
        sender = Person(brand["brand"], f"letter@{brand['domain']}")
        moment = days_ago(now, issue["ago"], "06:45", 1)
        name = fingerprint(issue["headline"])[:8]
        values = {**brand, **issue, "brand": brand["brand"], "name": name, "button": brand.get("button", "")}
        values["items"] = [{"title": title, "text": text} for title, text in issue["items"]]
        values["edition"] = f"{moment:%-d %B %Y}" if brand["lang"] == "en" else f"{moment:%d.%m.%Y}"
        html = render("newsletter.html", **values, preheader=issue["intro"])
        text = "\n\n".join([issue["headline"], issue["intro"], *(f"{title}\n{body}" for title, body in issue["items"])])
        unsubscribe = f"<https://www.{brand['domain']}/unsubscribe?reader=8f41c2>, <mailto:leave@{brand['domain']}>"
        headers = Headers(
            sender,
            [people[ME]],
            issue["headline"],
            moment,
            message_id(brand["domain"], name),
            extra=(
                ("List-Unsubscribe", unsubscribe),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("List-Id", f"{brand['brand']} <letter.{brand['domain']}>".replace("&", "and")),
                ("Precedence", "bulk"),
            ),
        )
        # The newest issues lie in the inbox, as nobody has filed them yet.
        mailbox = "INBOX" if issue["ago"] < 3 else "Newsletters"
        yield Placed(mailbox, build_message(headers, flow(text), html=html), _flags(issue), moment)


def receipts(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """Confirmations of orders, with tickets and invoices, and word of what was posted."""
    table = read_table("receipts.toml")
    for order in table["order"]:
        shop = table["shop"][order["shop"]]
        sender = Person(shop["brand"], f"orders@{shop['domain']}")
        moment = days_ago(now, order["ago"], "14:26", 0)
        subject = f"Your order {order['number']}" if not shop.get("ticket") else f"Your ticket {order['number']}"
        intro = "thank you for your order. This is what you bought:"
        values = {**shop, **order, "customer": people[ME].name.partition(" ")[0], "intro": intro}
        rows = "\n".join(f"| {quantity} x {item}  {price}" for item, quantity, price in order["items"])
        text = flow(f"{intro.capitalize()}\n\n{rows}\n| Total: {order['total']}\n\n{shop['closing']}")
        identifier = message_id(shop["domain"], order["number"])
        headers = Headers(sender, [people[ME]], subject, moment, identifier)
        message = build_message(
            headers, text, html=render("receipt.html", **values), attachments=_papers(shop, order, people[ME])
        )
        mailbox = "INBOX" if order["ago"] < 4 else "Receipts"
        yield Placed(mailbox, message, _flags(order), moment)
        if shop["ships"]:
            yield _posted(shop, order, sender, people[ME], identifier, now)


def notices(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """What banks, councils, forges and robots have to say."""
    table = read_table("notices.toml")
    for number, notice in enumerate(table["notice"]):
        sender = table["sender"][notice["from"]]
        domain = sender["address"].rpartition("@")[2]
        moment = days_ago(now, notice["ago"], f"{6 + number % 13:02}:{number * 7 % 60:02}", 0)
        html = render(
            "notice.html",
            **sender,
            headline=notice["subject"],
            paragraphs=notice["text"],
            button=notice.get("button", ""),
            link=f"https://www.{domain}/go/{fingerprint(notice['subject'])[:10]}",
        )
        person = Person(sender["name"], sender["address"])
        identifier = message_id(domain, notice["subject"], notice["ago"])
        headers = Headers(
            person, [people[ME]], notice["subject"], moment, identifier, extra=(("Auto-Submitted", "auto-generated"),)
        )
        text = flow("\n\n".join([*notice["text"], sender["footer"]]))
        yield Placed(notice.get("mailbox", "INBOX"), build_message(headers, text, html=html), _flags(notice), moment)


def phishing(people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """Letters whose links say one thing and go elsewhere."""
    for letter in read_table("special.toml")["phish"]:
        found = re.fullmatch(r"(.+) <(.+)>", letter["from"])
        assert found is not None, letter["from"]
        sender = Person(found[1], found[2])
        moment = days_ago(now, letter["ago"], "04:04", -3)
        html = render(
            "notice.html",
            colour="#b00020",
            headline=letter["subject"],
            paragraphs=letter["text"],
            button=letter["shown"],
            link=letter["link"],
            footer="© Security Department. This message was scanned and is safe.",
        )
        headers = Headers(
            sender,
            [people[ME]],
            letter["subject"],
            moment,
            message_id(sender.address.rpartition("@")[2], letter["subject"]),
            extra=(("X-Spam-Flag", "YES"), ("X-Priority", "1 (Highest)")),
        )
        message = build_message(headers, flow("\n\n".join(letter["text"])), html=html)
        yield Placed("Junk", message, (*_flags(letter), "$Junk"), moment)


def _posted(shop: Table, order: Table, sender: Person, owner: Person, confirmation: str, now: datetime) -> Placed:
    moment = days_ago(now, max(0, order["ago"] - 1), "16:40", 0)
    text = flow(
        f"Hello,\n\nyour order {order['number']} was posted today. It usually arrives within two days.\n\n"
        f"Track it: https://www.{shop['domain']}/track/{order['number']}\n\n{shop['brand']}"
    )
    headers = Headers(
        sender,
        [owner],
        f"Posted: your order {order['number']}",
        moment,
        message_id(shop["domain"], order["number"], "posted"),
        references=(confirmation,),
    )
    return Placed("Receipts", build_message(headers, text), ("\\Seen",), moment)


def _papers(shop: Table, order: Table, owner: Person) -> list[Attachment]:
    kind = "Ticket" if shop.get("ticket") else "Invoice" if shop.get("invoice") else ""
    if not kind:
        return []
    lines = [f"{shop['brand']}: {kind.lower()} {order['number']}", owner.name]
    lines += [f"{quantity} x {item}: {price}" for item, quantity, price in order["items"]]
    return [
        Attachment(f"{kind}-{order['number']}.pdf", "application/pdf", make_pdf([*lines, f"Total {order['total']}"]))
    ]


def _flags(entry: Table) -> tuple[str, ...]:
    return (("\\Flagged",) if entry.get("star") else ()) + (() if entry.get("unread") else ("\\Seen",))
