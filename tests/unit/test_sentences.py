"""Sentences end where a reader says they do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.text.sentences import split_sentences

CASES = [
    ["Title without a stop", "\n\n", "First sentence.", " ", "Second one!", "\n", "Third?"],
    ["Gen. Kim met Lt. Gen. Ri in the U.S. Capitol.", " ", "He left."],
    ["He works for the U.S.", " ", "The talks ended at 5 p.m.", " ", "Nobody spoke."],
    ["N. Korea sent 3.5 million shells in Jan. 2025.", " ", "More followed."],
    ['"We go," he said.', " ", '"We stay."', " ", "Then J. R. Smith left."],
    ['He added: "This is constant."', " ", "It was."],
    ["What is it? he asked, and No. 5 answered."],
    ["Wait… for it.", " ", "Done..."],
    ["Около 10 тыс. солдат и 5 млн руб. были там.", " ", "Он сказал."],
    ["В 2024 г. Россия и КНДР подписали договор.", " ", "А. Б. Иванов приехал."],
    ["북한은 15일 밝혔다.", " ", "3.5톤이다.", " ", "그렇다!"],
    ["金正恩说：“我们支持。”", "", "他走了。", "", "真的吗？", "", "是的！"],
    ["It rained (heavily.)", " ", "We left."],
]


@pytest.mark.parametrize("pieces", CASES)
def test_sentences_end_at_their_ends(pieces: list[str]) -> None:
    """Abbreviations, initials, decimals and quotes end no sentence; line ends and CJK stops do."""
    text = "".join(pieces)
    assert [text[start:end] for start, end in split_sentences(text)] == pieces[::2]


@given(st.text())
def test_no_character_that_is_seen_is_lost(text: str) -> None:
    """Sentences are in order, do not overlap, and only white space lies between them."""
    reached = 0
    for start, end in split_sentences(text):
        assert text[reached:start].strip() == ""
        assert text[start:end].strip() == text[start:end] != ""
        reached = end
    assert text[reached:].strip() == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [".", '."', "U.S. ", "。」", "? ", "\n"])
def test_a_hostile_text_takes_no_more_than_its_length(piece: str) -> None:
    """A long run of stops is split in a moment: no step grows faster than the text."""
    assert len(split_sentences("A" + piece * 200_000)) >= 1
