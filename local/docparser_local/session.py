"""A boto3 session for the engine that knows nothing of the user's own AWS set-up."""

from __future__ import annotations

import os

import boto3
import botocore.session
from botocore.config import Config

from docparser_local.settings import ACCOUNT, REGION

_FILES = ("config_file", "credentials_file")

# 127.0.0.1 is behind nobody's proxy; and an engine on the same machine needs no second try.
DIRECT = Config(proxies={}, retries={"total_max_attempts": 1})


def engine_session(region: str = REGION, account: str = ACCOUNT) -> boto3.Session:
    """Return a session on which no variable, profile or file of the user has a say.

    A profile that does not exist would fail every client, FIPS endpoints every call.

    Parameters
    ----------
    region
        Where the calls go.
    account
        Twelve digits; as the key id they select that account in the engine.
    """
    # Each variable of botocore: (name in a profile, name in the environment, default, type).
    known = botocore.session.Session.SESSION_VARIABLES.items()
    variables = {name: (None, None, default, kind) for name, (_, _, default, kind) in known}
    variables |= dict.fromkeys(_FILES, (None, None, os.devnull, None))
    return boto3.Session(
        aws_access_key_id=account,
        aws_secret_access_key="test",  # noqa: S106 - nobody checks it
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=variables),
    )
