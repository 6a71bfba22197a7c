"""Where a zone is that is no bucket of this account, and where the sync zone is published."""

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
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
DISTRIBUTION: Final = re.compile(r"E[A-Z0-9]{6,20}")
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


@dataclass(frozen=True, kw_only=True)
class Published:
    """What somebody has made of the sync zone; a purge reaches it.

    Parameters
    ----------
    replica_bucket
        The bucket that S3 replicates the zone to.
    distribution
        The id of the CloudFront distribution before it.

    Raises
    ------
    StoreError
        A value is malformed.
    """

    replica_bucket: str = ""
    distribution: str = ""

    def __post_init__(self) -> None:
        if self.replica_bucket and not BUCKET.fullmatch(self.replica_bucket):
            raise StoreError(f"sync_replica_bucket must be a bucket: {self.replica_bucket!r}")
        if self.distribution and not DISTRIBUTION.fullmatch(self.distribution):
            raise StoreError(f"sync_distribution must be an id: {self.distribution!r}")

    @property
    def settings(self) -> dict[str, str]:
        """Return what functions are told, as settings without their prefix."""
        return {
            "SYNC_REPLICA_BUCKET": self.replica_bucket,
            "SYNC_DISTRIBUTION": self.distribution,
        }


def stores_from_context(node: Node) -> Iterator[Store]:
    """Yield where zones are that are elsewhere, as ``cdk synth -c vault_endpoint=...`` says.

    Raises
    ------
    StoreError
        As `Store`.
    """
    for zone in Zone:
        said = {kind: node.try_get_context(f"{zone}_{kind}") or "" for kind in KINDS}
        if any(said.values()):
            yield Store(zone=zone, **said)
