"""Every word on a page is ready for translation, and no page brings its own style or script."""

import re
from pathlib import Path

from tests.house_rules.reading import files, name

CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")  # its punctuation too
TAKEN_OUT = re.compile(
    r"{%\s*(?:blocktranslate|blocktrans)\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->"
    r"|{%\s*(?:translate|trans)\s+(?:\"[^\"]*\"|'[^']*').*?%}"
    r"|_\(\s*(?:\"[^\"]*\"|'[^']*')\s*\)",
    re.S,
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son[a-z]+=\"|\sstyle=\"|<style"
)
MARKUP = (".html", ".txt")


def templates() -> list[Path]:
    """All templates of all rooms."""
    return [p for p in files() if "/templates/" in name(p) and p.suffix in MARKUP]


def test_every_chinese_word_in_a_template_is_translated() -> None:
    bare = [
        f"{name(path)}:{number}: {line.strip()[:60]}"
        for path in templates()
        for number, line in enumerate(_untranslated(path), 1)
        if CHINESE.search(line)
    ]
    assert bare == []


def _untranslated(path: Path) -> list[str]:
    """The lines of a template without what is inside translation tags or comments."""
    text = path.read_text(encoding="utf-8")
    return TAKEN_OUT.sub(lambda found: "\n" * found[0].count("\n"), text).splitlines()


def test_pages_hold_no_inline_script_or_style() -> None:
    found = [
        f"{name(p)}: {m[0]}"
        for p in templates()
        for m in INLINE.finditer(p.read_text(encoding="utf-8"))
        if p.suffix == ".html"
    ]
    assert found == []


def test_there_are_templates() -> None:
    assert len(templates()) > 30
