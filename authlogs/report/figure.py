"""The timeline as part of a page: attributes in place of styles, and names of its own.

A page whose policy allows its own style sheet alone cannot hold `style="…"`; as attributes the same
colours can also be turned for a dark page by the style sheet.
"""

import re
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
PREFIX = "fig-"
LEFT_OUT = (f"{SVG}metadata", f"{SVG}style")
FONT = re.compile(
    r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?"
    r"(?P<size>[\d.]+px)\s+(?P<family>.+)"
)
SPACES = re.compile(r"\s*\n\s*")
FINE = re.compile(r"\d+\.\d{3,}")
MARKED = {"strip:": "strip", "xtick_": "part", "ytick_": "part", "legend_": "part"}
"""Groups that the page's script asks for: which strip, or which part of one, they draw."""
REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(drawing: str, *, title: str, words: str) -> str:
    """Return a drawing of ours as an `<svg>` element for a page, named by `title` and `words`."""
    root = ET.fromstring(drawing)  # noqa: S314 - drawn a moment ago by our own plot room
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in LEFT_OUT:
                parent.remove(child)
    for element in root.iter():
        _own(element)
    _keep_names(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{PREFIX}title {PREFIX}words"}
    root.attrib |= {"class": "timeline", "stroke-linejoin": "round", "stroke-linecap": "butt"}
    root.set("fill", "#000000")  # said aloud, so that a dark page can turn it
    for place, (tag, name, text) in enumerate(
        (("title", "title", title), ("desc", "words", words))
    ):
        label = ET.Element(tag, {"id": f"{PREFIX}{name}"})
        label.text = text
        root.insert(place, label)
    return ET.tostring(root, encoding="unicode")


def _own(element: ET.Element) -> None:
    """Take an element out of its namespaces, and turn its styles into attributes."""
    element.tag = element.tag.removeprefix(SVG)
    if target := element.attrib.pop(HREF, None):
        element.set("href", target)
    if path := element.get("d"):
        element.set("d", FINE.sub(_rounded, SPACES.sub("", path)))
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if value:
            element.attrib |= _attributes(key.strip(), value.strip())


def _rounded(number: re.Match[str]) -> str:
    """A hundredth of a point is finer than any screen."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _keep_names(root: ET.Element) -> None:
    """Keep the names that something refers to, under our own prefix: a page has no two alike."""
    wanted = {target[1:] for element in root.iter() if (target := element.get("href"))}
    for element in root.iter():
        wanted |= {name for value in element.attrib.values() for name in REFERENCE.findall(value)}
    for element in root.iter():
        name = element.attrib.pop("id", "")
        for start, kind in MARKED.items():
            if name.startswith(start):
                told = name.removeprefix(start) if kind == "strip" else start.rstrip("_")
                element.set(f"data-{kind}", told)
        if name in wanted:
            element.set("id", f"{PREFIX}{name}")
        if target := element.get("href"):
            element.set("href", f"#{PREFIX}{target[1:]}")
        for key, value in element.attrib.items():
            element.set(key, REFERENCE.sub(rf"url(#{PREFIX}\1)", value))


def _attributes(key: str, value: str) -> dict[str, str]:
    """Return the presentation attributes that say what a declaration says."""
    if key != "font":
        return {key: value}
    found = FONT.fullmatch(value)
    if not found:
        return {}
    return {f"font-{name}": said for name, said in found.groupdict().items() if said}
