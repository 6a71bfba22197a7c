"""cdk-nag 3: the AwsSolutions rules run at synth; each finding is fixed or accepted in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations
from cdk_nag import AwsSolutionsChecks

if TYPE_CHECKING:
    import aws_cdk as cdk
    from constructs import IConstruct

PACK = "AwsSolutions"


def add_checks(app: cdk.App) -> None:
    """Make synthesis fail on every finding that is not acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def acknowledge(scope: IConstruct, findings: dict[str, str]) -> None:
    """Accept findings on a construct and its children.

    Parameters
    ----------
    scope
        The construct that has the finding; never a whole stack.
    findings
        Rule to reason. A rule that reports evidence needs it in its key, as in
        ``IAM5[Resource::*]``: the plain ``IAM5`` matches nothing.
    """
    rows = [
        Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=reason)
        for rule, reason in findings.items()
    ]
    Validations.of(scope).acknowledge(*rows)
