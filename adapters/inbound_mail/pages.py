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
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|(?:text-indent|left|top|margin-left)\s*:\s*-\d{3,}"
    r"|(?<!-)color\s*:\s*(?:transparent|#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:", re.IGNORECASE)
_LIGHT = re.compile(r"^(?:#fff(?:fff)?|white|transparent)$", re.IGNORECASE)
_STYLE_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
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
    """Remove what is hidden from a tree, and return its words."""
    classes, ids = _hiding_selectors(tree)
    found = [each for each in tree.iter() if _is_hidden(each, classes, ids)]
    outer = set(found)
    words = []
    for element in found:
        if any(above in outer for above in element.iterancestors()):
            continue
        if text := " ".join(" ".join(element.itertext()).split()):
            words.append(text)
        _drop(element)
    return words


def _hiding_selectors(tree: Any) -> tuple[set[str], set[str]]:
    """Classes and ids that the page's own style sheet hides."""
    classes: set[str] = set()
    ids: set[str] = set()
    for sheet in list(tree.iter("style"))[:20]:
        for selectors, rules in _STYLE_RULE.findall((sheet.text or "")[:200_000]):
            if "@" in selectors or not _hides(rules):
                continue
            for selector in selectors.split(","):
                if simple := _SIMPLE.match(selector.strip()):
                    (classes if simple[1] == "." else ids).add(simple[2])
    return classes, ids


def _is_hidden(element: Any, classes: set[str], ids: set[str]) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NOT_WORDS:
        return False
    attributes = element.attrib
    if "hidden" in attributes or _hides(attributes.get("style", "")[:4000], element):
        return True
    if attributes.get("id") in ids or classes.intersection(attributes.get("class", "").split()):
        return True
    return element.tag == "font" and bool(_LIGHT.match(attributes.get("color", "").strip()))


def _hides(style: str, element: Any = None) -> bool:
    found = _HIDING.search(style)
    if found is None:
        return False
    if not found[0].lower().startswith("color"):
        return True
    return not (_BACKGROUND.search(style) or _on_background(element))


def _on_background(element: Any) -> bool:
    """Whether an element around this one has a background of its own."""
    if element is None:
        return False
    return any(
        "bgcolor" in above.attrib or _BACKGROUND.search(above.get("style", "")[:4000])
        for above in element.iterancestors()
    )


def _drop(element: Any) -> None:
    """Take an element out, leaving the words after it."""
    parent = element.getparent()
    if parent is None:
        element.clear()
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
