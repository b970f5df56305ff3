"""Which mailbox is for what: SPECIAL-USE attributes, and the names that mail programs give in many languages."""

from collections.abc import Mapping
from types import MappingProxyType

from modules.mail.api import Mailbox, MailboxName, Role

# RFC 6154, and what Gmail said before it.
ATTRIBUTES: Mapping[str, Role] = MappingProxyType(
    {
        "\\drafts": Role.DRAFTS,
        "\\sent": Role.SENT,
        "\\archive": Role.ARCHIVE,
        "\\junk": Role.JUNK,
        "\\trash": Role.TRASH,
        "\\all": Role.ALL,
        "\\flagged": Role.FLAGGED,
        "\\allmail": Role.ALL,
        "\\spam": Role.JUNK,
        "\\starred": Role.FLAGGED,
    }
)

NEW_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.DRAFTS: "Drafts",
        Role.SENT: "Sent",
        Role.ARCHIVE: "Archive",
        Role.JUNK: "Junk",
        Role.TRASH: "Trash",
    }
)

_USUAL: tuple[tuple[Role, str], ...] = (
    (
        Role.DRAFTS,
        "Drafts|Draft|Entwürfe|Brouillons|Borradores|Bozze|Rascunhos|Concepten|Wersje robocze|Szkice|Utkast|Kladder|"
        "Luonnokset|Koncepty|Rozepsané|Черновики|Taslaklar|下書き|草稿|草稿箱",
    ),
    (
        Role.SENT,
        "Sent|Sent Items|Sent Mail|Sent Messages|Gesendet|Gesendete Objekte|Gesendete Elemente|Envoyés|"
        "Messages envoyés|Éléments envoyés|Enviados|Elementos enviados|Inviati|Posta inviata|Itens enviados|"
        "Verzonden|Verzonden items|Wysłane|Elementy wysłane|Skickat|Skickade|Sendt|Sendte|Sendt post|Sendte elementer|"
        "Lähetetyt|Odeslané|Odeslaná pošta|Отправленные|Gönderilmiş Öğeler|Gönderilenler|送信済み|送信済みアイテム|"
        "已发送|已发送邮件|寄件備份",
    ),
    (
        Role.ARCHIVE,
        "Archive|Archives|Archiv|Archivo|Archivio|Arquivo|Archief|Archiwum|Arkiv|Arkisto|Архив|Arşiv|アーカイブ|存档|封存",
    ),
    (
        Role.JUNK,
        "Junk|Spam|Junk Mail|Junk E-mail|Junk-E-Mail|Bulk Mail|Unerwünscht|Werbung|Indésirables|Pourriel|"
        "Courrier indésirable|Correo no deseado|No deseado|Posta indesiderata|Indesiderata|Lixo eletrônico|"
        "Lixo electrónico|Ongewenst|Ongewenste e-mail|Wiadomości-śmieci|Skräppost|Uønsket|Uønsket mail|Søppelpost|"
        "Uønsket e-post|Roskaposti|Nevyžádaná pošta|Спам|Нежелательная почта|Önemsiz|Önemsiz E-posta|迷惑メール|"
        "垃圾邮件|垃圾郵件",
    ),
    (
        Role.TRASH,
        "Trash|Deleted|Deleted Items|Deleted Messages|Bin|Papierkorb|Gelöscht|Gelöschte Objekte|Gelöschte Elemente|"
        "Corbeille|Éléments supprimés|Papelera|Elementos eliminados|Cestino|Posta eliminata|Lixo|Lixeira|"
        "Itens excluídos|Itens eliminados|Prullenbak|Verwijderde items|Kosz|Elementy usunięte|Papperskorg|Borttaget|"
        "Papirkurv|Slettet post|Slettede elementer|Papirkurven|Roskakori|Poistetut|Koš|Odstraněná pošta|Корзина|"
        "Удаленные|Çöp|Çöp Kutusu|Silinmiş Öğeler|ゴミ箱|ごみ箱|削除済みアイテム|已删除|已删除邮件|废纸篓|垃圾桶",
    ),
)

_BY_NAME: Mapping[str, Role] = MappingProxyType(
    {name.casefold(): role for role, names in _USUAL for name in names.split("|")}
)


def role_of_attributes(attributes: frozenset[str]) -> Role | None:
    """What a mailbox is for by its attributes in the list of mailboxes."""
    return next((role for attribute, role in ATTRIBUTES.items() if attribute in attributes), None)


def role_of_name(leaf: str) -> Role | None:
    """What a mailbox is likely for by the last part of its name."""
    return _BY_NAME.get(leaf.casefold())


def in_order(mailboxes: list[Mailbox]) -> list[Mailbox]:
    """As people expect them: INBOX, those with a role, the rest by name, children after their parents."""
    roles = {mailbox.name: mailbox.role for mailbox in mailboxes}
    ranks = {role: rank for rank, role in enumerate(Role)}

    def key(mailbox: Mailbox) -> tuple[int, list[str]]:
        parts = str(mailbox.name).split(mailbox.delimiter) if mailbox.delimiter else [str(mailbox.name)]
        rank = len(ranks)
        for length in range(len(parts), 0, -1):
            ancestor = MailboxName((mailbox.delimiter or "").join(parts[:length]))
            role = roles.get(ancestor)
            # Where every mailbox lies below INBOX by its name, only INBOX itself comes first.
            if role is not None and (role is not Role.INBOX or length == len(parts)):
                rank = ranks[role]
                break
        return rank, [part.casefold() for part in parts]

    return sorted(mailboxes, key=key)
