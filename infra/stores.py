"""Where a zone is that is no bucket of this account: another store, or a mounted folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docparser.model import Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Node

ENDPOINT: Final = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?")
SECRET: Final = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}"
)
KINDS = ("endpoint", "secret", "folder")


class StoreError(ValueError):
    """A zone is said to be where it cannot be."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where one zone is.

    Parameters
    ----------
    zone
        Which.
    endpoint
        URL of another store that speaks S3, such as MinIO. It has a bucket of the same name.
    secret
        ARN of a secret of Secrets Manager with a key of that store; empty if the store knows the
        functions' roles.
    folder
        A folder that is mounted where functions run. It goes before a bucket.

    Raises
    ------
    StoreError
        A value is malformed, the two kinds are mixed, or the vault is to be a folder.
    """

    zone: Zone
    endpoint: str = ""
    secret: str = ""
    folder: str = ""

    def __post_init__(self) -> None:
        if self.endpoint and not ENDPOINT.fullmatch(self.endpoint):
            raise StoreError(f"{self.zone}_endpoint must be a store's URL: {self.endpoint!r}")
        if self.secret and not (self.endpoint and SECRET.fullmatch(self.secret)):
            raise StoreError(
                f"{self.zone}_secret must be a secret's ARN, and goes with {self.zone}_endpoint"
            )
        if self.folder and (self.endpoint or self.zone is Zone.VAULT):
            raise StoreError(
                f"{self.zone}_folder: a zone is a bucket or a folder, and the vault is a bucket"
            )
        if self.folder and not self.folder.startswith("/"):
            raise StoreError(f"{self.zone}_folder must be an absolute path: {self.folder!r}")

    @property
    def settings(self) -> dict[str, str]:
        """Return what functions are told, as settings without their prefix."""
        return {f"{self.zone.upper()}_{kind.upper()}": getattr(self, kind) for kind in KINDS}


def stores_from_context(node: Node) -> Iterator[Store]:
    """Yield where each zone is, as ``cdk synth -c vault_endpoint=...`` says.

    Raises
    ------
    StoreError
        As `Store`.
    """
    for zone in Zone:
        said = {kind: node.try_get_context(f"{zone}_{kind}") or "" for kind in KINDS}
        yield Store(zone=zone, **said)
