"""Plain text out of what feeds and pages carry: what all offsets refer to."""

import html
import re
import unicodedata

from resiliparse.extract.html2text import extract_plain_text

# Control characters, soft hyphen, zero-width and bidirectional marks, byte order mark, interlinear marks.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb]"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\[|<(?:a|p|img|div|span)\s[^<>]*\Z")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_GAPS = ("  ", " \n", "\n ", "\n\n\n")


def plain_text(title: str, body: str, content_type: str) -> str:
    """Return title, a blank line and body as plain text in NFC.

    HTML is rendered where the content type says so or where the text plainly is HTML (feeds escape it into
    plain fields). Characters nobody sees are removed, white space is collapsed, line and paragraph breaks stay.
    """
    head = " ".join(_clean(title, is_html=False).split())
    text = _clean(body, is_html=content_type == "text/html")
    return f"{head}\n\n{text}" if text else head


def _clean(text: str, *, is_html: bool) -> str:
    if "<" in text and (is_html or _TAG.search(text)):
        text = _rendered(text)
    if "&" in text and _REFERENCE.search(text):
        text = html.unescape(text)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    # Most texts hold nothing else than what is seen and single spaces: str.isprintable tells it fastest.
    if not text.replace("\n", " ").isprintable():
        text = _LINE_ENDS.sub("\n", _UNSEEN.sub("", text))
        return _collapsed(text)
    if any(gap in text for gap in _GAPS):
        return _collapsed(text)
    return text.strip()


def _rendered(markup: str) -> str:
    markup = _UNSEEN.sub("", _CDATA.sub(r"\1", markup))
    return str(extract_plain_text(markup, list_bullets=False, alt_texts=False))


def _collapsed(text: str) -> str:
    """Return the text with single spaces, none beside line ends, and no more than one blank line."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
