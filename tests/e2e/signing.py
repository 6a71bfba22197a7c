"""Requests signed as AWS wants them, with the embedded AWS's made-up credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from docparser_local.outputs import Outputs


def signed(outputs: Outputs, method: str, url: str, body: bytes = b"") -> dict[str, str]:
    """Return the headers that sign a request."""
    request = AWSRequest(method, url, data=body)
    SigV4Auth(Credentials(outputs.account, "test"), "execute-api", outputs.region).add_auth(request)
    return dict(request.headers.items())
