"""Marked-up text as words: what a mail program shows, and what it hides."""

import re
from dataclasses import dataclass
from typing import Any

from adapters.inbound_mail.headers import BROKEN

_MOST_CHARACTERS = 2_000_000
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|!|$)"
    r"|(?<![\w-])(?:max-height|max-width|height)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|(?:text-indent|left|top|margin-left)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<!-)color\s*:\s*(?:transparent|#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:", re.IGNORECASE)
_LIGHT = re.compile(r"^(?:#fff(?:fff)?|white|transparent)$", re.IGNORECASE)
_MOST_STYLE = 200_000
_MOST_RULE = 4_000
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#])([\w-]{1,80})$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NOT_WORDS = ("script", "style", "head", "template", "noscript")


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page: those shown, and those hidden from a reader."""

    shown: str
    hidden: str


def page_words(page: str) -> PageWords:
    """Read a page.

    White words count as hidden unless the element or one around it has a background of its own.
    """
    import html_text
    from lxml import etree

    page = page[:_MOST_CHARACTERS]
    try:
        tree = html_text.parse_html(page)
        hidden = _take_out_hidden(tree)
        shown = html_text.extract_text(tree)
    except (*BROKEN, etree.LxmlError):
        hidden, shown = [], ""
    if not shown and not hidden:  # too deep or too broken for a tree
        shown = " ".join(_TAG.sub(" ", page).split())
    return PageWords(shown, "\n".join(hidden))


def _take_out_hidden(tree: Any) -> list[str]:
    """Empty what is hidden in a tree, and return its words."""
    classes, ids = _hiding_selectors(tree)
    grounds = _on_grounds(tree)
    found = [each for each in tree.iter() if _is_hidden(each, classes, ids, grounds)]
    hidden = set(found)
    words = []
    for element in found:
        if any(above in hidden for above in element.iterancestors()):
            continue
        if text := " ".join(" ".join(element.itertext()).split()):
            words.append(text)
    for element in found:
        element.clear(keep_tail=True)
    return words


def _hiding_selectors(tree: Any) -> tuple[set[str], set[str]]:
    """Classes and ids that the page's own style sheets hide."""
    classes: set[str] = set()
    ids: set[str] = set()
    sheets = "}".join(sheet.text or "" for sheet in tree.iter("style"))
    for rule in sheets[:_MOST_STYLE].split("}"):
        selectors, _, style = rule.rpartition("{")
        if not _hides(style[:_MOST_RULE], on_ground=False):
            continue
        for selector in selectors.rpartition("{")[2].split(","):
            if simple := _SIMPLE.match(selector.strip()):
                (classes if simple[1] == "." else ids).add(simple[2])
    return classes, ids


def _on_grounds(tree: Any) -> set[Any]:
    """Elements that have a background of their own, or stand on one."""
    found: set[Any] = set()
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        own = "bgcolor" in element.attrib or _BACKGROUND.search(_style(element))
        if own or element.getparent() in found:
            found.add(element)
    return found


def _is_hidden(element: Any, classes: set[str], ids: set[str], grounds: set[Any]) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NOT_WORDS:
        return False
    attributes = element.attrib
    if "hidden" in attributes or _hides(_style(element), on_ground=element in grounds):
        return True
    if attributes.get("id") in ids or classes.intersection(attributes.get("class", "").split()):
        return True
    is_light = element.tag == "font" and _LIGHT.match(attributes.get("color", "").strip())
    return bool(is_light) and element not in grounds


def _style(element: Any) -> str:
    return element.get("style", "")[:_MOST_RULE]


def _hides(style: str, *, on_ground: bool) -> bool:
    """Whether a style hides; white words only where nothing dark is behind them."""
    if _HIDING.search(style):
        return True
    return bool(_WHITE.search(style)) and not (on_ground or _BACKGROUND.search(style))
