"""The one parser of foreign XML: it fetches nothing, opens no file and expands no entity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 32 << 20
"""Larger XML is not read: 10,000 lines are 20 MB in the wordiest syntax."""

_INCLUSION = "{http://www.w3.org/2001/XInclude}"

# A document embedded in base64. libxml2 takes no text longer than 10 MB unless it is told to take
# trees of any size, and these are not read anyway. A run cannot hold a ">", so this is linear. In
# UTF-16 there are none: whoever embeds documents does not double their size.
_EMBEDDED = re.compile(rb">[A-Za-z0-9+/=\s]{65536,}<")


class UnreadableXmlError(Exception):
    """It is no XML, too large, or asks for what no invoice needs: a DTD, entities, inclusions."""


def hardened() -> Any:
    """Return a parser for one document."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse(content: bytes) -> Any:
    """Return the root element of a document in any encoding that XML allows.

    Raises
    ------
    UnreadableXmlError
        It is not well-formed, larger than `MOST_BYTES`, has a document type declaration, or
        includes other documents.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableXmlError
    try:
        root = etree.fromstring(_EMBEDDED.sub(b"><", content), hardened())
    except (etree.XMLSyntaxError, ValueError, LookupError):
        # Its message quotes the document.
        raise UnreadableXmlError from None
    if root.getroottree().docinfo.doctype or next(_inclusions(root), None) is not None:
        raise UnreadableXmlError
    return root


def _inclusions(root: Any) -> Iterator[Any]:
    return iter(root.iter(f"{_INCLUSION}*"))
