"""A message as it would be without the words that greet somebody by name.

Strays are made by putting another address on a message that greets the right person. Sometimes that is how they happen
(autocompletion), sometimes not (whoever believes he writes to Robert greets Robert), so what a greeting brings is told
apart from the rest by judging the message without it. Names further down, and in quoted text, stay.
"""

from __future__ import annotations

from dataclasses import replace

from straymail.message import Message, Part, body_parts, new_text
from straymail.recipients.salutation import greeting_in

_FIRST = 200  # characters of what is newly written, in which ``Context.opening`` looks for a greeting too


def without_greeting(message: Message) -> Message:
    """The message without the greeting in its first line; the very same message where nobody is greeted by name."""
    said = greeting_in(new_text(message).lstrip()[:_FIRST])
    if not said.strip():
        return message
    shown = body_parts(message)
    return replace(message, parts=tuple(_mute(part, said) if part in shown else part for part in message.parts))


def _mute(part: Part, said: str) -> Part:
    text = part.text()
    return replace(part, content=text.replace(said, "", 1).encode(), charset="utf-8") if said in text else part
