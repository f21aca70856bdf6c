"""Which encoding a page or feed is in: what is declared is believed only as far as the bytes bear it out."""

import codecs
import re
from collections.abc import Iterator

import re2
from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<" begins where a character takes several bytes, or where it is none of ASCII's.
_BEGINNINGS = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"Lo\xa7\x94", "cp037"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE | re.ASCII)
_IN_PAGE = re.compile(
    rb"(?:<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*|<\?xml[^>]{0,100}?encoding\s*=\s*[\"'])([\w.:-]{2,40})",
    re.IGNORECASE,
)
_LOOKED_AT = 4096
_MOST_BROKEN = (
    0.2  # of what is not ASCII in a damaged UTF-8 text; of another encoding nearly all would be broken
)
_SAMPLE_BYTES = 64 * 1024
_TAG = re2.compile(rb"<[^<>]*>")
# What text in the right encoding has next to none of: unassigned and control characters, private ones, a capital
# within a word, many accented Latin letters in a row, half-width katakana beside anything else.
_ODD = re2.compile(
    r"[\x{80}-\x{9f}\x{fffd}\x{e000}-\x{f8ff}]|\p{Ll}\p{Lu}|[\x{c0}-\x{ff}]{4,}|[\x{a1}-\x{bf}]{3,}|[\x{ff61}-\x{ff9f}]{2}"
)
# A server's default rather than somebody's word; and what is all ASCII is UTF-8 all the same.
_SAYS_NOTHING = frozenset({"cp1252", "utf-8", "ascii"})

# What browsers take these for: pages use the characters that were added later.
_SUPERSETS = {
    "euc_kr": "cp949",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}


def decode_page(content: bytes, content_type: str = "") -> str:
    """Return the text of a page or feed, without a byte order mark.

    A byte order mark says it; what is UTF-8, but for a broken place, is UTF-8; else it is of the encodings that header, page and the bytes
    themselves suggest the one that makes the least nonsense, the earlier in doubt.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    for beginning, encoding in _BEGINNINGS:
        if content.startswith(beginning):
            return content.decode(encoding, "replace")
    is_escaped = b"\x1b" in content  # seven bits: all of ISO 2022 would pass for UTF-8
    if not is_escaped and (text := _utf8(content)) is not None:
        return text
    candidates = list(dict.fromkeys(_candidates(content, content_type)))
    if is_escaped and (escaped := next((name for name in candidates if name.startswith("iso2022")), None)):
        return content.decode(escaped, "replace")
    if is_escaped and (text := _utf8(content)) is not None:
        return text
    sample = _TAG.sub(b" ", content[:_SAMPLE_BYTES])
    best = min(candidates, key=lambda encoding: _oddness(sample, encoding))
    return content.decode(best, "replace")


def _candidates(content: bytes, content_type: str) -> Iterator[str]:
    """Yield the encodings that are suggested, by Python's names, the likelier first."""
    header = _IN_HEADER.search(content_type)
    page = _IN_PAGE.search(content[:_LOOKED_AT])
    declared = [header[1] if header else "", page[1].decode("ascii", "ignore") if page else ""]
    names = [name for label in declared if label and (name := _python_name(label))]
    yield from (name for name in names if name not in _SAYS_NOTHING)
    if (guess := _python_name(detect_encoding(content[:_SAMPLE_BYTES]) or "")) and guess != "utf-8":
        yield guess
    yield from (name for name in names if name == "cp1252")
    yield "cp1252"


def _python_name(label: str) -> str:
    """Return Python's name for an encoding as browsers take it: GB2312 is GB18030, EUC-KR is CP949; empty: unknown."""
    try:
        name = codecs.lookup(map_encoding_to_html5(label) or "").name
    except LookupError:
        return ""
    return _SUPERSETS.get(name, name)


def _utf8(content: bytes) -> str | None:
    """Return the text where these bytes are UTF-8, but for a broken place or a last character that is cut off."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    special = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= max(_MOST_BROKEN * special, text.endswith("\ufffd")) else None


def _oddness(sample: bytes, encoding: str) -> int:
    return sum(1 for _ in _ODD.finditer(sample.decode(encoding, "replace")))
