"""Attachments made by code: a PDF, a table, an archive, a card, an event, a note."""

import csv
import io
import zipfile
from collections.abc import Sequence

from demo.mailbox.pictures import jpeg_picture, png_picture

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STAMP = (2025, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def make_paper(filename: str, lines: Sequence[str]) -> tuple[str, bytes]:
    """The media type and the octets of a file of this name that says these lines; ValueError for an unknown ending."""
    ending = filename.rpartition(".")[2].lower()
    match ending:
        case "pdf":
            return "application/pdf", make_pdf(lines)
        case "png":
            return "image/png", png_picture(640, 400, filename)
        case "jpg" | "jpeg":
            return "image/jpeg", jpeg_picture(960, 640, filename)
        case "xlsx":
            return SHEET, make_sheet([line.split(",") for line in lines])
        case "zip":
            return "application/zip", make_zip({"README.txt": "\n".join(lines), "notes/list.csv": make_csv(lines)})
        case "csv":
            return "text/csv", make_csv(lines).encode()
        case "vcf":
            return "text/vcard", "\r\n".join(lines).encode() + b"\r\n"
        case "txt" | "md" | "patch" | "log":
            return "text/plain", ("\n".join(lines) + "\n").encode()
        case _:
            raise ValueError(f"{filename}: no such kind of attachment is made here.")


def make_pdf(lines: Sequence[str]) -> bytes:
    """A one-page A4 document with a heading and lines of text (PDF 1.4)."""
    shown = [_pdf_text(line) for line in lines] or ["()"]
    text = "BT /F1 20 Tf 64 770 Td 26 TL " + f"{shown[0]} Tj T* /F1 11 Tf 17 TL "
    text += " ".join(f"T* {line} Tj" for line in shown[1:]) + " ET\n0.2 0.45 0.4 rg 64 752 467 2 re f"
    stream = text.encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    document, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return document + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(document))
    )


def make_sheet(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with one sheet of these cells (ECMA-376)."""
    cells = "".join(f"<row>{''.join(_cell(value.strip()) for value in row)}</row>" for row in rows)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return make_zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
            '<sheet name="Sheet 1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>',
        }
    )


def make_zip(files: dict[str, str]) -> bytes:
    """An archive of text files that is the same each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content)
    return packed.getvalue()


def make_csv(lines: Sequence[str]) -> str:
    """The lines as rows, cells parted by commas."""
    table = io.StringIO()
    csv.writer(table).writerows([cell.strip() for cell in line.split(",")] for line in lines)
    return table.getvalue()


def _cell(value: str) -> str:
    if value.replace(".", "", 1).isdigit():
        return f"<c><v>{value}</v></c>"
    safe = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c t="inlineStr"><is><t>{safe}</t></is></c>'


def _pdf_text(line: str) -> str:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"({escaped})"
