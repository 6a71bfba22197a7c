"""One env and the names of its resources, as CONTRACTS fixes them."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Aws, RemovalPolicy

ENVS = ("local", "dev", "prod")


class UnknownEnvError(ValueError):
    """The context named an env that does not exist; a typing slip must not make a new one."""


@dataclass(frozen=True)
class Deployment:
    """One env: ``local``, ``dev`` or ``prod``.

    Raises
    ------
    UnknownEnvError
        If `env` is none of the three.

    Examples
    --------
    >>> Deployment("dev").name("document")
    'docparser-dev-document'
    """

    env: str

    def __post_init__(self) -> None:
        if self.env not in ENVS:
            raise UnknownEnvError(f"env must be one of {', '.join(ENVS)}, not {self.env!r}")

    @property
    def table(self) -> str:
        """Return the name of the one table."""
        return f"docparser-{self.env}"

    def name(self, purpose: str) -> str:
        """Return the name of a queue, a function, a stack or the state machine."""
        return f"docparser-{self.env}-{purpose}"

    def bucket(self, purpose: str) -> str:
        """Return the name of a bucket; account and region are filled in by CloudFormation."""
        return f"{self.name(purpose)}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    @property
    def is_local(self) -> bool:
        """Whether the env is the embedded AWS."""
        return self.env == "local"

    @property
    def is_protected(self) -> bool:
        """Whether data outlives its stack."""
        return self.env == "prod"

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Return what happens to data when its stack goes.

        DESTROY still keeps a bucket that holds objects: CloudFormation refuses to delete it.
        The CDK's auto-delete would empty it by a function with rights over every object.
        """
        return RemovalPolicy.RETAIN if self.is_protected else RemovalPolicy.DESTROY
