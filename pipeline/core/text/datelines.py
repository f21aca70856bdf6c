"""Where an article's dateline ends: "MOSCOW, January 16. /TASS/. ", "SEOUL, Jan. 5 (Yonhap) -- ", "KYIV (AP) — "."""

import re

_PLACE = r"[A-ZА-ЯЁ][\w.'’/-]{1,20}(?:[ -][A-ZА-ЯЁ][\w.'’/-]{1,20}){0,2}"
_AGENCY = r"(?:/[\w .-]{2,25}/|\([A-ZА-ЯЁ][\w .-]{1,20}\))"
_DAY = r"(?:\d{1,2}\s)?[A-Za-zА-Яа-яЁё]{3,9}\.?(?:\s\d{1,2})?(?:,?\s\d{4})?"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE})(?:,\s{_PLACE})?"
    rf"(?:[.,]\s(?=\D{{0,12}}\d)(?P<day>{_DAY})\.?\s?{_AGENCY}?\s?|\s{_AGENCY}\s?)"
    rf"(?:(?<=/)\.?\s|--+\s?|[-–—]+\s)"
)
_WITHIN = 90


def dateline_end(text: str, start: int, end: int) -> int:
    """Return where the text behind the dateline at `start` begins; `start` itself where there is none."""
    match = _DATELINE.match(text, start, min(end, start + _WITHIN))
    return match.end() if match else start
