"""Who asks: the principal that API Gateway has verified, and no header that anybody can send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ANONYMOUS = "anonymous"

_PRINCIPAL = re.compile(r"[!-~]{1,256}")


def actor_of(event: Mapping[str, Any]) -> str:
    """Return who sent a request: the ARN of a user or of a role's session.

    Parameters
    ----------
    event
        A request as API Gateway hands it over. Its ``identity`` is what the gateway found when it
        checked the signature. The local one knows no users: there it is the key's id alone.

    Returns
    -------
    str
        The ARN, or the key's id, or ``anonymous`` where nobody signed.
    """
    identity = event["requestContext"].get("identity") or {}
    for name in ("userArn", "accessKey"):
        found = identity.get(name)
        if isinstance(found, str) and _PRINCIPAL.fullmatch(found):
            return found
    return ANONYMOUS
