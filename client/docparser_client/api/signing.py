"""AWS Signature Version 4 on requests to API Gateway."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from docparser_client.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator

    from botocore.credentials import Credentials

LOCAL_REGION = "us-east-1"

_SERVICE = "execute-api"
_HOST = re.compile(r"[a-z0-9-]+\.execute-api\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)(?:\.cn)?")


class Signature(httpx.Auth):
    """Signs each request anew, with the credentials of that moment.

    Parameters
    ----------
    credentials
        A user's or a role's; those of a role are refreshed by botocore.
    region
        Where the API is.
    """

    requires_request_body = True

    def __init__(self, credentials: Credentials, region: str) -> None:
        self._credentials = credentials
        self._region = region

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers of the signature: host, content type, moment and body are signed."""
        given = AWSRequest(
            method=request.method,
            url=str(request.url),
            data=request.content,
            headers={
                name: request.headers[name]
                for name in ("host", "content-type")
                if name in request.headers
            },
        )
        frozen = self._credentials.get_frozen_credentials()
        SigV4Auth(frozen, _SERVICE, self._region).add_auth(given)
        for name, value in given.headers.items():
            request.headers[name] = value
        yield request


def region_of(host: str) -> str | None:
    """Return the region in the host name of an API Gateway endpoint; None for any other host."""
    found = _HOST.fullmatch(host)
    return found.group(1) if found else None


def local_credentials() -> Credentials:
    """Return what the local stack takes: any name, which is who asks, and any secret.

    The name is ``AWS_ACCESS_KEY_ID``; that of the stack's account, its root, if there is none.
    """
    from botocore.credentials import Credentials

    return Credentials(os.environ.get("AWS_ACCESS_KEY_ID") or "000000000000", "test")


def found_credentials() -> Credentials:
    """Return what botocore's chain finds: variables, profile, container, instance.

    Raises
    ------
    UnavailableError
        It finds nothing.
    """
    import botocore.session

    credentials = botocore.session.Session().get_credentials()
    if credentials is None:
        raise UnavailableError("there are no AWS credentials to sign requests with")
    return credentials


def found_region() -> str:
    """Return the region of the user's AWS settings.

    Raises
    ------
    UnavailableError
        They name none.
    """
    import botocore.session

    region = botocore.session.Session().get_config_variable("region")
    if not region:
        raise UnavailableError("neither the endpoint nor the AWS settings name a region")
    return str(region)
