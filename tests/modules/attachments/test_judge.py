"""Files and what is said of them: by their names, by their content, by what stands inside."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import Refusal
from modules.attachments.config import AttachmentsConfig, Extension, TypePattern
from modules.attachments.judge import UNKNOWN, Judge
from modules.attachments.module import offer_judge
from modules.mail.api import Care, FileJudgement, Sample
from tests.modules.attachments.files import (
    PACKERS,
    PE,
    PNG,
    compound,
    document,
    locked,
    nested,
    tarred,
    zipped,
)
from tests.modules.attachments.packers import Entry, rar4, rar5, seven

JUDGE = Judge(AttachmentsConfig())


def told(value: object) -> str | None:
    """What a parameter is called: some octets, such as those with a time in them, differ from process to process."""
    return "octets" if isinstance(value, bytes) else None


def judged(name: str, octets: bytes, media_type: str = "application/octet-stream") -> FileJudgement:
    return JUDGE.judge(name, media_type, whole(octets))


def said(judgement: FileJudgement) -> str:
    return " ".join(oddity.what for oddity in judgement.oddities)


@pytest.mark.parametrize(
    ("name", "care", "words"),
    [
        ("invoice.pdf.exe", Care.DANGER, "looks like that of another kind"),
        ("invoice\u202efdp.exe", Care.DANGER, "reads in another order"),
        ("a\u200b.txt", Care.CAREFUL, "nobody can see"),
        ("setup.exe", Care.DANGER, "end in .exe start something"),
        ("a.docm", Care.DANGER, "holds macros"),
        ("a.html", Care.CAREFUL, "a web page"),
        ("a.svg", Care.CAREFUL, "an SVG drawing"),
        ("a.iso", Care.CAREFUL, "a disk image"),
    ],
)
def test_a_name_alone_tells_of_danger(name: str, care: Care, words: str) -> None:
    judgement = JUDGE.judge(name, "application/octet-stream")
    assert judgement.care is care and judgement.warns and words in said(judgement)


@pytest.mark.parametrize("name", ["a.pdf", "photo.jpg", "Rechnung größe.docx", "a.zip", "README", "x.tar.gz"])
def test_an_ordinary_name_says_nothing(name: str) -> None:
    assert JUDGE.judge(name, "application/octet-stream") == FileJudgement()


@pytest.mark.parametrize(
    ("name", "octets", "care", "words"),
    [
        ("a.pdf", PE, Care.DANGER, "says that it is a PDF document, but it is a program (Windows)"),
        ("photo.jpg", b"<html>", Care.CAREFUL, "says that it is an image, but it is a web page (HTML)"),
        ("a.pdf", PNG, Care.NOTE, "says that it is a PDF document, but it is an image"),
        ("notes.txt", b"#!/bin/sh\nrm", Care.DANGER, "This is a script"),
        ("a.doc", compound("_VBA_PROJECT"), Care.DANGER, "holds macros"),
        ("a.docx", document("word", "word/vbaProject.bin"), Care.DANGER, "holds macros"),
        ("a.xls", document("xl", "xl/macrosheets/sheet1.xml"), Care.DANGER, "holds macros"),
        ("a.docx", compound("EncryptedPackage"), Care.CAREFUL, "locked with a password"),
        ("a.zip", locked(zipped(("a.txt", b"a"))), Care.CAREFUL, "locked with a password"),
        ("a.rar", rar4(headers=True), Care.CAREFUL, "locked with a password"),
        ("a.rar", rar4(Entry("a", encrypted=True)), Care.CAREFUL, "locked with a password"),
        ("a.rar", rar5(headers=True), Care.CAREFUL, "locked with a password"),
        ("a.rar", rar5(Entry("a", encrypted=True)), Care.CAREFUL, "locked with a password"),
        ("a.7z", seven(Entry("a", 1), headers=True), Care.CAREFUL, "locked with a password"),
        ("a.7z", seven(Entry("a", 1, encrypted=True)), Care.CAREFUL, "locked with a password"),
        ("a.7z", seven(Entry("a.exe", 1)), Care.DANGER, "files that start something: a.exe"),
        ("a.rar", rar4(Entry("a.pdf.exe"), Entry("b")), Care.DANGER, "files that start something: a.pdf.exe"),
        ("a.rar", rar5(Entry("b\\a.docm"), Entry("b")), Care.CAREFUL, "files that start something: a.docm"),
        ("a.rar", rar5(Entry("a", 200_000_000)), Care.DANGER, "unpacks to 200 MB"),
        ("a.rar", rar5(Entry("a"), ends=False)[:-8], Care.CAREFUL, "could not be looked into"),
        ("a.pdf", b"%PDF-1.7 /Encrypt", Care.NOTE, "protected"),
        ("a.pdf", b"%PDF-1.7 /Launch", Care.CAREFUL, "holds scripts, or starts programs"),
        ("a.zip", zipped(("setup.exe", PE)), Care.DANGER, "start something: setup.exe"),
        ("a.zip", zipped(("a.sh", b""), ("b/c.txt", b"")), Care.CAREFUL, "start something: a.sh"),
        ("a.zip", zipped(("a.pdf.exe", b""), ("c.txt", b"")), Care.DANGER, "start something: a.pdf.exe"),
        ("a.tar.gz", gzip.compress(tarred("x.bat")), Care.DANGER, "start something: x.bat"),
        ("a.jar", zipped(("META-INF/MANIFEST.MF", b"")), Care.DANGER, "a program (Java)"),
        ("a.zip", zipped(("AndroidManifest.xml", b"")), Care.DANGER, "a program (Android)"),
        ("a.msi", compound() + b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F", Care.DANGER, "Windows Installer"),
        ("a.zip", nested(6), Care.DANGER, "more than 4 deep"),
        ("a.zip", zipped(("a.txt", bytes(120_000_000))), Care.DANGER, "unpacks to 120 MB"),
        ("a.gz", gzip.compress(bytes(120_000_000)), Care.DANGER, "unpacks to 120 MB"),
        ("a.zip", b"PK\x03\x04 and nothing else", Care.CAREFUL, "could not be looked into"),
        ("a.gz", b"\x1f\x8b\x08 and nothing else", Care.CAREFUL, "could not be looked into"),
        ("a.zip", zipped(*((f"{at}", b"") for at in range(10_001))), Care.CAREFUL, "holds 10,001 files"),
        ("a.img", bytes(0x8001) + b"CD001", Care.CAREFUL, "a disk image"),
    ],
    ids=told,
)
def test_content_tells_of_danger(name: str, octets: bytes, care: Care, words: str) -> None:
    judgement = judged(name, octets)
    assert words in said(judgement) and judgement.care is care


@pytest.mark.parametrize(
    ("name", "octets", "media_type"),
    [
        ("a.png", PNG, "image/png"),
        ("a.docx", document("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "a.odt",
            zipped(("mimetype", b"x"), ("META-INF/a", b""), ("content.xml", b"")),
            "application/vnd.oasis.opendocument",
        ),
        ("a.epub", zipped(("mimetype", b"x"), ("META-INF/container.xml", b"")), "application/epub+zip"),
        ("a.doc", compound("WordDocument"), "application/x-ole-storage"),
        ("a.msg", compound("__properties_version1.0"), "application/vnd.ms-outlook"),
        ("a.zip", zipped(("a.txt", b"a"), ("b.zip", zipped(("c.txt", b"c")))), "application/zip"),
        ("a.tar", tarred("a.txt"), "application/x-tar"),
        ("a.rar", rar4(), "application/vnd.rar"),
        ("a.rar", rar5(), "application/vnd.rar"),
        ("a.7z", seven(Entry("a", 1)), "application/x-7z-compressed"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.csv", b"a;b", "text/plain"),
        *(
            (f"a.txt.{ending}", pack(b"hello" * 1000), f"application/{kind}")
            for (ending, pack), kind in zip(PACKERS.items(), ("gzip", "x-bzip2", "x-xz"), strict=True)
        ),
    ],
    ids=told,
)
def test_ordinary_files_say_nothing_but_what_they_are(name: str, octets: bytes, media_type: str) -> None:
    judgement = judged(name, octets)
    assert (said(judgement), judgement.media_type) == ("", media_type) and judgement.kind


def test_a_locked_open_document_is_known_by_its_manifest() -> None:
    manifest = ("META-INF/manifest.xml", b"<manifest:encryption-data/>")
    octets = zipped(("mimetype", b"x"), ("content.xml", b""), manifest)
    assert "locked with a password" in said(judged("a.odt", octets))


def test_what_a_message_declares_counts_where_a_name_says_nothing() -> None:
    assert "says that it is an image" in said(judged("logo", PE, "image/png"))
    assert "says that it is a PDF document" in said(judged("a", PNG, "application/pdf"))
    assert judged("logo", b"<svg>", "image/svg+xml").care is Care.CAREFUL


def test_of_a_large_archive_the_ends_are_enough() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("filling.bin", bytes(3_000_000))
        archive.writestr("setup.exe", PE)
    octets = packed.getvalue()
    sample = Sample(octets[:1000], len(octets) - 3, octets[-2000:])
    judgement = JUDGE.judge("a.zip", "application/zip", sample)
    assert "start something: setup.exe" in said(judgement)


def test_a_large_archive_whose_contents_are_not_in_the_sample_is_not_called_dangerous() -> None:
    octets = zipped(*((f"{at}.txt", b"") for at in range(2000)))
    judgement = JUDGE.judge("a.zip", "application/zip", Sample(octets[:500], len(octets), octets[-500:]))
    assert judgement.care is Care.NOTE and "could not be looked into" in said(judgement)


def test_what_holds_more_is_looked_into() -> None:
    assert JUDGE.looks_inside(b"PK\x03\x04") and not JUDGE.looks_inside(PNG) and not JUDGE.looks_inside(b"")


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([b"PK\x03\x04", b"Rar!\x1a\x07\x01\0", b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c", b"%PDF-"]),
    st.binary(max_size=300),
)
def test_broken_archives_are_judged_all_the_same(beginning: bytes, rest: bytes) -> None:
    assert judged("a.bin", beginning + rest).kind


def whole(octets: bytes) -> Sample:
    return Sample(octets, len(octets), whole=True)


def types(*texts: str) -> tuple[TypePattern, ...]:
    return tuple(map(TypePattern.parse, texts))


def extensions(*texts: str) -> tuple[Extension, ...]:
    return tuple(map(Extension.parse, texts))


@pytest.mark.parametrize(
    ("config", "name", "octets", "words"),
    [
        (AttachmentsConfig(deny_extensions=extensions(".EXE")), "a.exe", PE, "Files that end in .exe are not sent"),
        (AttachmentsConfig(deny_extensions=extensions("exe")), "a.zip", zipped(("b/x.exe", b"")), "it holds x.exe"),
        (AttachmentsConfig(allow_extensions=extensions("pdf")), "a.txt", b"a", "Files that end in .txt"),
        (AttachmentsConfig(allow_extensions=extensions("pdf")), "README", b"a", "Files without an ending"),
        (AttachmentsConfig(deny_types=types("image/*")), "a.pdf", PNG, "by its content it is an image (PNG)"),
        (AttachmentsConfig(allow_types=types("image/*")), "a.png", b"a", "by its content it is a text"),
        (AttachmentsConfig(allow_types=types("image/*")), "a.png", b"\1\2", "by its content it is of an unknown kind"),
        (AttachmentsConfig(refuse_dangerous=True), "a.pdf", PE, "a.pdf is not taken here: This is a program"),
    ],
    ids=told,
)
def test_a_refusal_names_the_file_and_the_reason(
    config: AttachmentsConfig, name: str, octets: bytes, words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        Judge(config).admit(name, UNKNOWN, whole(octets))
    assert words in str(refused.value) and name in str(refused.value)


def test_what_the_rules_allow_is_taken() -> None:
    config = AttachmentsConfig(
        allow_types=types("image/*", "application/octet-stream"), allow_extensions=extensions("png", "bin")
    )
    assert offer_judge(config).admit("a.png", UNKNOWN, whole(PNG)).media_type == "image/png"
    assert offer_judge(config).admit("a.bin", UNKNOWN, whole(b"\1\2")) == FileJudgement()


@pytest.mark.parametrize(
    ("kind", "text"), [(TypePattern, "image"), (TypePattern, "*/*"), (Extension, "a/b"), (Extension, "")]
)
def test_what_is_no_type_or_extension_is_refused(kind: type[TypePattern] | type[Extension], text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        kind.parse(text)
