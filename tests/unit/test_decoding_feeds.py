"""Which charset a feed is in: said by server, mark or declaration, and borne out by its bytes."""

import pytest

from pipeline.sources.decoding import decode_page

_RUSSIAN = "Посол прибыл в Пхеньян"
_KOREAN = "대사가 평양에 도착했다"


def _declared(charset: str, text: str) -> str:
    return f"<?xml version='1.0' encoding='{charset}'?><rss>{text}</rss>"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (_declared("utf-8", _RUSSIAN).encode(), ""),
        (_declared("utf-8", _RUSSIAN).encode(), "text/xml"),
        (_declared("windows-1251", _RUSSIAN).encode(), "text/xml; charset=iso-8859-1"),
        (_declared("windows-1251", _RUSSIAN).encode("cp1251"), ""),
        (_declared("windows-1251", _RUSSIAN).encode("cp1251"), "text/xml; charset=utf-8"),
        (_declared("utf-8", _RUSSIAN).encode("koi8-r"), 'text/xml; charset="KOI8-R"'),
        (_declared("utf-8", _RUSSIAN).encode("utf-8-sig"), "text/xml; charset=windows-1251"),
        (_declared("utf-16", _RUSSIAN).encode("utf-16"), "text/xml; charset=utf-8"),
        (_declared("utf-16", _RUSSIAN).encode("utf-16-be"), ""),
        (_declared("nonsense", _RUSSIAN).encode(), "text/xml; charset=\x1b"),
        (_declared("euc-kr", _KOREAN).encode("euc-kr"), ""),
        (f"<rss>{_RUSSIAN * 9}</rss>".encode("cp1251"), ""),
    ],
)
def test_the_text_is_the_same_whoever_is_wrong(content: bytes, content_type: str) -> None:
    """Server, mark and declaration may each be wrong or missing: the bytes decide between them."""
    text = decode_page(content, content_type)
    assert _RUSSIAN in text or _KOREAN in text
    assert not text.startswith("\ufeff")


def test_one_broken_byte_costs_one_character() -> None:
    """A text that is damaged in one place is not taken for another charset."""
    assert decode_page(_declared("utf-8", _RUSSIAN).encode() + b"\xff").endswith("\ufffd")
    assert _RUSSIAN in decode_page(_declared("utf-8", _RUSSIAN).encode() + b"\xff")


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "hex", "rot13", "zlib", "utf-7"])
def test_codecs_that_are_no_charsets_are_not_used(charset: str) -> None:
    """A name of something else than a charset is not believed, least of all one that takes time without end."""
    content = _declared(charset, "x" * 1_000_000).encode() + b"\xff"
    assert decode_page(content, f"text/xml; charset={charset}").startswith("<?xml")
