"""Which requests the engine takes: those of programs on this machine, not those of web pages.

The loopback interface keeps other machines out, but not the pages that the user's browser opens.
The engine checks no signatures and ministack allows every origin, so any page could read or erase
the stack. A browser gives itself away by headers that a page's script cannot leave out, and a page
whose name was rebound to 127.0.0.1 by the name in ``Host``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The SDKs address an IP endpoint with the bucket in the path, so no other name is in use here.
_OWN_HOST = re.compile(rb"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE)
# An address that the user typed or pasted, such as a presigned URL. Not `same-origin`: a stored
# HTML file that is opened so must not ask for others.
_USER = b"none"
# They erase or change the engine for everybody; nothing in the product calls them.
_CLOSED_PATHS = ("/_ministack/reset", "/_ministack/config")


def admitted(path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a request may reach the services.

    Parameters
    ----------
    path
        Decoded path, without the query.
    headers
        Names in lower case, values without surrounding blanks.

    Returns
    -------
    bool
        False for a closed path, for a request that a web page caused (Fetch Standard, ``Origin``;
        Fetch Metadata, ``Sec-Fetch-Site``), and for one without a ``Host`` of this machine.
    """
    hosts = []
    for name, value in headers:
        if name == b"origin" or (name == b"sec-fetch-site" and value.lower() != _USER):
            return False
        if name == b"host":
            hosts.append(value)
    if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
        return False
    return path.rstrip("/") not in _CLOSED_PATHS
