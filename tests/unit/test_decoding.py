import codecs

import pytest

from pipeline.sources.decoding import decode_page

_TEXTS = {
    "ko": "북한이 러시아에 파병한 군인들에게 새해 축하 편지를 보냈다고 통신이 보도했다.",
    "ru": "Посол прибыл в Пхеньян в пятницу, сообщило агентство. Его встретил министр.",
    "zh": "朝鲜领导人致信俄罗斯总统,强调两国同盟关系将继续发展,记者报道。",
    "zh-hant": "北韓領導人致函俄羅斯總統,強調兩國同盟關係將繼續發展,記者報導。",
    "ja": "北朝鮮はロシアに書簡を送り、両国の関係が発展すると強調した。カタカナ。",
    "fr": "Le président a déclaré que l\u2019armée était arrivée à la frontière où elle reste.",
}
_ENCODINGS = {
    "euc-kr": "ko",
    "windows-1251": "ru",
    "koi8-r": "ru",
    "iso-8859-5": "ru",
    "gb2312": "zh",
    "gb18030": "zh",
    "big5": "zh-hant",
    "shift_jis": "ja",
    "euc-jp": "ja",
    "iso-2022-jp": "ja",
    "windows-1252": "fr",
}


def _page(text: str, declared: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}</head><body><p>{text * 5}</p></body></html>"


@pytest.mark.parametrize("encoding", _ENCODINGS)
@pytest.mark.parametrize("wrong", ["", "utf-8", "iso-8859-1"], ids=["none", "utf-8", "latin-1"])
@pytest.mark.parametrize("where", ["header", "page"])
def test_the_encoding_is_that_which_is_declared_where_the_bytes_bear_it_out(
    encoding: str, wrong: str, where: str
) -> None:
    """One right word, in header or page, is believed, whatever the other says."""
    text = _TEXTS[_ENCODINGS[encoding]]
    header, page = (encoding, wrong) if where == "header" else (wrong, encoding)
    content = _page(text, page).encode(encoding)
    assert text in decode_page(content, f"text/html; charset={header}" if header else "text/html")


@pytest.mark.parametrize("language", _TEXTS)
@pytest.mark.parametrize("header", ["", "iso-8859-1", "windows-1251", "euc-kr", "nonsense"])
def test_what_is_utf_8_is_read_as_utf_8_whatever_is_declared(language: str, header: str) -> None:
    """No other encoding looks like UTF-8 by chance; a page that was cut within a character is still it."""
    content = _page(_TEXTS[language], "windows-1251").encode() + "가".encode()[:2]
    assert _TEXTS[language] in decode_page(content, f"text/html; charset={header}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_wins_over_what_is_declared(encoding: str) -> None:
    """The mark says the encoding and is no part of the text."""
    content = _page(_TEXTS["ko"], "euc-kr").encode(encoding)
    if encoding == "utf-16-be":
        content = codecs.BOM_UTF16_BE + content
    decoded = decode_page(content, "text/html; charset=euc-kr")
    assert decoded.startswith("<html>")
    assert _TEXTS["ko"] in decoded


@pytest.mark.parametrize("encoding", ["koi8-r", "windows-1251"])
def test_of_two_cyrillic_claims_the_one_that_makes_words_counts(encoding: str) -> None:
    """A server's charset that turns every word inside out is not believed against the page's own."""
    other = {"koi8-r": "windows-1251", "windows-1251": "koi8-r"}[encoding]
    content = _page(_TEXTS["ru"], encoding).encode(encoding)
    assert _TEXTS["ru"] in decode_page(content, f"text/html; charset={other}")


def test_the_characters_that_a_superset_added_are_read() -> None:
    """What calls itself EUC-KR or GB2312 is read as browsers do, with the characters that came later."""
    assert "똠방각하" in decode_page(_page("똠방각하 편지", "euc-kr").encode("cp949"))
    assert "镕基" in decode_page(_page("朱镕基访问", "gb2312").encode("gb18030"))


def test_random_bytes_give_a_text() -> None:
    """Whatever comes is text in the end."""
    assert decode_page(bytes(range(256)) * 40, "text/html; charset=utf-16")
    assert decode_page(b"") == ""
