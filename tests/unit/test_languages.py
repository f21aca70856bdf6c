"""The language of a text is told by its script, the model, and what the publisher says."""

import pytest

from pipeline.core.text.languages import detect_language


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("The minister said on Friday that the talks would go on.", None, "en"),
        ("MINISTER SAYS TALKS WILL GO ON UNTIL THE END OF THE WEEK", None, "en"),
        ("Министр сказал в пятницу, что переговоры продолжатся.", None, "ru"),
        ("Міністр сказав у п'ятницю, що переговори триватимуть і надалі.", None, "uk"),
        ("북한 외무상이 20일 모스크바를 방문했다고 KCNA가 전했다.", "en", "ko"),
        ("外交部发言人表示，双方将继续合作。", None, "zh"),
        ("北朝鮮の外相は金曜日にモスクワを訪問した。", None, "ja"),
        ("Der Minister sagte am Freitag, dass die Gespräche weitergehen.", "en", "de"),
        ("KCNA", "en-US", "en"),
        ("The minister said on Friday that the talks would go on.", "unknown", "en"),
        ("2026 — 14 : 15", "en", None),
        ("", None, None),
    ],
)
def test_the_language_is_told(text: str, hint: str | None, language: str | None) -> None:
    """A hint decides where the model is unsure, and loses to a script and to a sure model."""
    assert detect_language(text, hint) == language


def test_only_the_beginning_is_looked_at() -> None:
    """A long text costs no more than a short one: what comes late does not count."""
    english = "The minister said on Friday that the talks would go on. "
    assert detect_language(english * 5 + "북한" * 100_000) == "en"
