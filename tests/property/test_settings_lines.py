"""Every key of any TOML text is found on its own line, and any text gives settings or one clear fault."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from straymail.config import parse
from straymail.config.keys import key_lines
from straymail.errors import ConfigError

KEYS = st.text("abcdefgh_-0123456789", min_size=1, max_size=6)
QUOTED = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters='"\\'), max_size=6)
VALUES = st.one_of(
    st.integers(0, 99).map(str),
    QUOTED.map(lambda text: f'"{text}"'),
    QUOTED.map(lambda text: f'"""\n[{text}]\n"""'),
    QUOTED.filter(lambda text: "'" not in text).map(lambda text: f"'''{text}\n= 3'''"),
    st.lists(st.integers(0, 9), max_size=3).map(
        lambda items: "[\n" + "".join(f"  {item}, # ]\n" for item in items) + "]"
    ),
    QUOTED.map(lambda text: f'{{ inner = "{text}" }}'),
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A TOML text with tables, arrays of tables and values that span lines; and the line of each key."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    names = draw(st.lists(KEYS, max_size=4, unique=True))
    counts = {name: draw(st.integers(0, 2)) for name in names}  # 0: a plain table
    for name in names:
        for index in range(max(1, counts[name])):
            lines += [""] * draw(st.integers(0, 2)) + [f"[[{name}]]" if counts[name] else f"[ {name} ] # [x]"]
            for key in draw(st.lists(KEYS, max_size=3, unique=True)):
                written = draw(st.sampled_from([key, f'"{key}"', f" '{key}' "]))
                expected[(name, index, key) if counts[name] else (name, key)] = len(lines) + 1
                lines += f"{written} = {draw(VALUES)}".split("\n")
    return "\n".join(lines), expected


@given(documents())
def test_each_key_is_found_on_its_line(document: tuple[str, dict[tuple[str | int, ...], int]]) -> None:
    """Whatever spans lines above it, a key's line is right."""
    text, expected = document
    tomllib.loads(text)
    found = key_lines(text)
    assert expected == {path: found.get(path) for path in expected}


@given(st.one_of(st.text(), st.text("[]{}=.\"'#\n ab1,"), documents().map(lambda pair: pair[0])))
def test_any_text_gives_settings_or_one_clear_fault(text: str) -> None:
    """Nothing but ConfigError comes out, and it has a line within the text."""
    assert 0 <= _line_of_fault(text) <= text.count("\n") + 1


def _line_of_fault(text: str) -> int:
    """Line of the fault; 0 when the text can be used."""
    try:
        parse(text)
    except ConfigError as fault:
        return fault.line
    return 0
