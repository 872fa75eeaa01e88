"""Foreign HTML to plain text. Nothing of it is ever shown as HTML."""

from lxml import html
from lxml.etree import ParserError, XMLSyntaxError

_BLOCKS = ("p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "tr")
_UNSEEN = ("script", "style", "head", "template")


def text_of_html(content: str) -> str:
    """The text a reader would see; paragraphs and breaks become line breaks."""
    if "<" not in content and "&" not in content:
        return content.strip()
    try:
        tree = html.fragment_fromstring(content, create_parent="div")
    except (ParserError, XMLSyntaxError, ValueError):
        return ""
    for element in list(tree.iter(*_UNSEEN)):
        element.drop_tree()
    for element in tree.iter("br"):
        element.tail = "\n" + (element.tail or "")
    for element in tree.iter(*_BLOCKS):
        if element is not tree:
            element.tail = "\n\n" + (element.tail or "")
    lines = [line.strip() for line in tree.text_content().strip().splitlines()]
    return "\n".join(lines)
