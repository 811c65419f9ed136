"""What a check shows: the same result as text, as HTML and as data."""

import html
import re
from dataclasses import dataclass

MIME = "application/vnd.ganhacks.check+json"
FIELDS = ("exercise", "outcome", "message", "misconception", "hint_level")

#: outcome -> (icon, word, colour of the bar); the icon and the word say all, the colour helps.
LOOKS = {
    "passed": ("✔", "passed", "#009E73"),
    "failed": ("✘", "not yet", "#D55E00"),
    "error": ("⚠", "stopped by an error", "#CC79A7"),
    "not_attempted": ("○", "not attempted", "#767676"),
}


@dataclass(frozen=True)
class Verdict:
    """The result of one check, in the five fields that graders read, and a picture for the reader where it helps.

    outcome: passed, failed, not_attempted or error. misconception: its id, or None. hint_level: hints seen, 0 to 3.
    picture: yours beside wanted, a `plots.Picture`; what it shows is said in the message too.
    """

    exercise: str
    outcome: str
    message: str
    misconception: str = None
    hint_level: int = 0
    picture: object = None

    def __post_init__(self):
        # A student's own text may be in it; what cannot be written as UTF-8 would never reach the browser.
        object.__setattr__(self, "message", self.message.encode("utf-8", "replace").decode())

    def _repr_mimebundle_(self, include=None, exclude=None):
        icon, word, colour = LOOKS[self.outcome]
        name = self.exercise.split("--")[-1].replace("-", "_")
        picture = f"<br>{self.picture.html()}" if self.picture else ""
        return {
            "text/plain": f"{icon} {name}: {word}. {self.message}",
            "text/html": card(f"{icon} <b>{name}: {word}.</b> {marked_up(self.message)}{picture}", colour),
            MIME: {name: getattr(self, name) for name in FIELDS},
        }


@dataclass(frozen=True)
class Note:
    """A remark of the helper, such as a hint: a title and a text. code: whether the text is Python."""

    title: str
    text: str
    code: bool = False

    def _repr_mimebundle_(self, include=None, exclude=None):
        body = f"<pre>{html.escape(self.text)}</pre>" if self.code else marked_up(self.text)
        gap = "\n" if self.code else " "
        return {
            "text/plain": f"{self.title}{gap}{self.text}",
            "text/html": card(f"<b>{html.escape(self.title)}</b> {body}", "#0072B2"),
        }


def card(body, colour):
    """Return a box with a coloured bar at its left."""
    style = f"border-left: 5px solid {colour}; padding: 0.4em 0.8em; margin: 0.2em 0; max-width: 48em"
    return f'<div style="{style}">{body}</div>'


#: A word or a few between asterisks. Those of a product, a power or an argument list stand otherwise.
EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")


def marked_up(text):
    """Escape a message, set what stands between backticks as code and what stands between asterisks as emphasis."""
    parts = html.escape(text, quote=False).split("`")
    return "".join(
        f"<code>{part}</code>" if i % 2 else EMPHASIS.sub(r"<em>\1</em>", part) for i, part in enumerate(parts)
    )
