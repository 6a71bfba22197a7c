"""Ways through an XML tree: elements by their local names, and where they stand.

Namespaces differ between versions of one standard, names within them hardly: ``ram:ID`` of
ZUGFeRD 1.0 and 2.3 have different namespaces. A root tells the standard, so local names are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# By what a namespace's name holds: the prefix that its standard writes.
_PREFIXES = (
    ("UnqualifiedDataType", "udt"),
    ("QualifiedDataType", "qdt"),
    ("ReusableAggregate", "ram"),
    ("CrossIndustry", "rsm"),
    ("CommonAggregateComponents", "cac"),
    ("CommonBasicComponents", "cbc"),
    ("xsd:CreditNote", "cn"),
    ("xsd:Invoice", "ubl"),
)


def local_name(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def each(element: Any, path: str) -> Iterator[Any]:
    """Yield the descendants on a path of local names, in order.

    Steps are parted by ``/``; a step may name several, in the order in which they are looked for:
    ``A|B/C`` yields the C of all A, then those of all B.
    """
    step, _, rest = path.partition("/")
    for name in step.split("|"):
        for child in element.iterchildren(f"{{*}}{name}"):
            if rest:
                yield from each(child, rest)
            else:
                yield child


def first(element: Any, path: str) -> Any | None:
    """Return the first element on a path that has text or elements in it, or None."""
    return next((found for found in each(element, path) if len(found) or text(found)), None)


def text(element: Any | None) -> str:
    """Return an element's own text without the blanks around it; empty for None."""
    return "" if element is None else (element.text or "").strip()


def place(element: Any) -> str:
    """Return an XPath to an element, in the prefixes that its standard writes."""
    steps = []
    while element is not None:
        namespace, _, name = str(element.tag).rpartition("}")
        prefix = next((short for part, short in _PREFIXES if part in namespace), "")
        before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        alone = not before and next(element.itersiblings(element.tag), None) is None
        step = f"{prefix}:{name}" if prefix else name
        steps.append(step if alone else f"{step}[{before + 1}]")
        element = element.getparent()
    return "/" + "/".join(reversed(steps))
