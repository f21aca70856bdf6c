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
_ELEMENTS = (
    "a|abbr|article|aside|b|blockquote|body|br|center|cite|code|dd|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]"
    "|head|header|hr|html|i|iframe|img|input|li|link|main|meta|nav|ol|p|picture|pre|q|s|script|section|small|source|span"
    "|strike|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|time|title|tr|u|ul|video"
)
# A tag, also one that was cut off at the end: "<Name>" in angle brackets is none.
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?(?:/?>|\Z)|<!--|<!\[CDATA\[", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_WRAPPED_LINES = 3  # fewer tell nothing
_WRAP_WIDTHS = range(50, 91)
_LINE_STOPS = (".", "!", "?", ":", ";", "。")  # most lines of a list or of dialogue end so
_GAPS = ("  ", " \n", "\n ", "\n\n\n")


def plain_text(title: str, body: str, content_type: str) -> str:
    """Return title, a blank line and body as plain text in NFC.

    HTML is rendered where the content type says so or where the text plainly is HTML (feeds escape it into
    plain fields). Characters nobody sees are removed, white space is collapsed, line and paragraph breaks stay,
    except in paragraphs that were wrapped to a width.
    """
    head = " ".join(_clean(title, is_html=False).split())
    text = _unwrapped(_clean(body, is_html=content_type == "text/html"))
    return f"{head}\n\n{text}" if text else head


def _clean(text: str, *, is_html: bool) -> str:
    if "<" in text and (is_html or _TAG.search(text)):
        text = _rendered(text)
    if "&" in text and _REFERENCE.search(text):
        text = html.unescape(text)
    # Most texts hold nothing else than what is seen and single spaces: str.isprintable tells it fastest.
    is_seen = text.replace("\n", " ").isprintable()
    if not is_seen:
        text = _LINE_ENDS.sub("\n", _UNSEEN.sub("", text))
    # Only now: what stood between a letter and its accent may be gone.
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not is_seen or any(gap in text for gap in _GAPS):
        return _collapsed(text)
    return text.strip()


def _rendered(markup: str) -> str:
    markup = _UNSEEN.sub("", _CDATA.sub(r"\1", markup))
    return str(extract_plain_text(markup, list_bullets=False, alt_texts=False))


def _collapsed(text: str) -> str:
    """Return the text with single spaces, none beside line ends, and no more than one blank line."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _unwrapped(text: str) -> str:
    """Return the text with one line for each paragraph that was wrapped to a width, as in mail."""
    if text.count("\n") < _WRAPPED_LINES:
        return text
    return "\n\n".join(map(_joined, text.split("\n\n")))


def _joined(paragraph: str) -> str:
    *wrapped, last = paragraph.split("\n")
    if len(wrapped) + 1 < _WRAPPED_LINES or not all(len(line) in _WRAP_WIDTHS for line in wrapped):
        return paragraph
    if 2 * sum(line.endswith(_LINE_STOPS) for line in wrapped) > len(wrapped):
        return paragraph
    return " ".join([*wrapped, last])
