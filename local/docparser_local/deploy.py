"""Deploy a synthesized CDK assembly to the engine through CloudFormation change sets.

Replaces ``cdk deploy``: no Node.js, no bootstrap stack; assets go straight into the engine's S3.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from docparser_local.errors import DeploymentError, UnsupportedResourceError
from docparser_local.session import DIRECT, engine_session
from docparser_local.settings import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The engine puts this word before every reason of its own for refusing a resource.
UNSUPPORTED = "UnsupportedByEngine"

# How CloudFormation itself refuses a type, here as on AWS.
_UNKNOWN_TYPE = "Unrecognized resource types"

# Types that do nothing even on AWS, so their absence from a stack is no loss.
INERT_TYPES = frozenset({"AWS::CDK::Metadata"})

_BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_BOOTSTRAP_VERSION = "30"
_TEMPLATE_BUCKET = "docparser-local-templates"
_NO_CHANGES = ("no updates", "didn't contain changes", "no changes")
_NEVER_CREATED = ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
# CloudFormation accepts nothing but a deletion in these.
_DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
_TIMEOUT_S = 120.0
_POLL_S = 0.05


@dataclass(frozen=True)
class StackArtifact:
    """One stack of a cloud assembly."""

    artifact_id: str
    stack_name: str
    template: Path
    dependencies: tuple[str, ...] = ()


class Deployer:
    """Uploads assets and applies change sets.

    Parameters
    ----------
    endpoint
        Address of the engine.
    region, account
        Where the stacks go; they also fill the pseudo parameters in asset destinations.
    """

    def __init__(self, endpoint: str, region: str = REGION, account: str = ACCOUNT) -> None:
        self._endpoint = endpoint
        self._replacements = {
            "${AWS::AccountId}": account,
            "${AWS::Region}": region,
            "${AWS::Partition}": "aws",
        }

        session = engine_session(region, account)
        self._s3 = session.client("s3", endpoint_url=endpoint, config=DIRECT)
        self._ssm = session.client("ssm", endpoint_url=endpoint, config=DIRECT)
        self._cfn = session.client("cloudformation", endpoint_url=endpoint, config=DIRECT)

    def deploy(
        self, assembly: Path, on_step: Callable[[str], None] | None = None
    ) -> dict[str, str]:
        """Deploy every stack of an assembly in dependency order.

        Returns
        -------
        dict
            Stack name to final status, or UNCHANGED.

        Raises
        ------
        UnsupportedResourceError
            A template asks for what the engine cannot do.
        DeploymentError
            A stack failed for any other reason, or lacks resources of its template.
        """
        self._ssm.put_parameter(
            Name=_BOOTSTRAP_PARAMETER, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )
        self._upload_assets(assembly)
        statuses = {}
        for stack in in_dependency_order(list(read_stacks(assembly))):
            if on_step:
                on_step(f"deploying {stack.stack_name}")
            statuses[stack.stack_name] = self._apply(stack)
            self._require_every_resource(stack)
        return statuses

    def outputs(self, stack_name: str) -> dict[str, str] | None:
        """Return a stack's outputs, or None if it is not there or not whole."""
        status, row = self._describe(stack_name)
        if status is None or not status.endswith("_COMPLETE") or status in _NEVER_CREATED + _DEAD:
            return None
        return {output["OutputKey"]: output["OutputValue"] for output in row.get("Outputs", [])}

    # ------------------------------------------------------------ assets
    def _upload_assets(self, assembly: Path) -> None:
        for manifest in sorted(assembly.glob("*.assets.json")):
            for asset in json.loads(manifest.read_text())["files"].values():
                for destination in asset["destinations"].values():
                    bucket = self._resolve(destination["bucketName"])
                    key = self._resolve(destination["objectKey"])
                    self._upload(assembly / asset["source"]["path"], bucket, key)

    def _upload(self, source: Path, bucket: str, key: str) -> None:
        if self._has_object(bucket, key):
            return  # the key is the asset's hash
        self._make_bucket(bucket)
        body = zip_folder(source) if source.is_dir() else source.read_bytes()
        self._s3.put_object(Bucket=bucket, Key=key, Body=body)

    def _has_object(self, bucket: str, key: str) -> bool:
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError:
            return False
        return True

    def _make_bucket(self, bucket: str) -> None:
        try:
            self._s3.create_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise

    def _resolve(self, text: str) -> str:
        for placeholder, value in self._replacements.items():
            text = text.replace(placeholder, value)
        return text

    # ------------------------------------------------------------ change sets
    def _apply(self, stack: StackArtifact) -> str:
        status, _ = self._describe(stack.stack_name)
        if status in _DEAD:
            self._delete(stack.stack_name)
            status = None
        exists = status is not None and status not in _NEVER_CREATED
        try:
            change_set = self._cfn.create_change_set(
                StackName=stack.stack_name,
                ChangeSetName=f"local-{time.time_ns()}",
                ChangeSetType="UPDATE" if exists else "CREATE",
                TemplateURL=self._stage_template(stack),
                Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            )["Id"]
        except ClientError as error:
            raise _failure(stack, error.response["Error"]["Message"]) from error
        described = wait(
            lambda: self._cfn.describe_change_set(ChangeSetName=change_set),
            lambda row: row["Status"] in ("CREATE_COMPLETE", "FAILED"),
        )
        if described["Status"] == "FAILED":
            return self._unchanged_or_raise(stack, described.get("StatusReason", ""))
        self._cfn.execute_change_set(ChangeSetName=change_set)
        return self._settle(stack)

    def _stage_template(self, stack: StackArtifact) -> str:
        body = stack.template.read_bytes()
        key = f"{hashlib.sha256(body).hexdigest()}.json"
        self._make_bucket(_TEMPLATE_BUCKET)
        self._s3.put_object(Bucket=_TEMPLATE_BUCKET, Key=key, Body=body)
        return f"{self._endpoint}/{_TEMPLATE_BUCKET}/{key}"

    def _describe(self, name: str) -> tuple[str | None, dict[str, Any]]:
        try:
            row: dict[str, Any] = self._cfn.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None, {}
        return str(row["StackStatus"]), row

    def _delete(self, name: str) -> None:
        self._cfn.delete_stack(StackName=name)
        wait(
            lambda: {"status": self._describe(name)[0]},
            lambda row: row["status"] in (None, "DELETE_COMPLETE"),
        )

    def _unchanged_or_raise(self, stack: StackArtifact, reason: str) -> str:
        if any(text in reason.lower() for text in _NO_CHANGES):
            return "UNCHANGED"
        raise _failure(stack, reason)

    def _settle(self, stack: StackArtifact) -> str:
        row = wait(
            lambda: self._describe(stack.stack_name)[1],
            lambda row: not row["StackStatus"].endswith("IN_PROGRESS"),
        )
        status = str(row["StackStatus"])
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise _failure(stack, f"{status}: {self._first_reason(stack.stack_name)}")
        return status

    def _first_reason(self, name: str) -> str:
        """Return what failed first; everything after it is CloudFormation's clearing up."""
        events = self._cfn.describe_stack_events(StackName=name)["StackEvents"]
        failed = [e for e in events if e["ResourceStatus"].endswith("_FAILED")]
        if not failed:
            return "no reason given"
        first = failed[-1]
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', '')}"

    def _require_every_resource(self, stack: StackArtifact) -> None:
        template = json.loads(stack.template.read_text())
        # A resource under a condition may rightly be absent.
        wanted = {
            name
            for name, resource in template["Resources"].items()
            if "Condition" not in resource and resource["Type"] not in INERT_TYPES
        }
        pages = self._cfn.get_paginator("list_stack_resources").paginate(StackName=stack.stack_name)
        present = {
            row["LogicalResourceId"]
            for page in pages
            for row in page["StackResourceSummaries"]
            if row["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
        }
        if missing := sorted(wanted - present):
            raise DeploymentError(f"{stack.stack_name}: never created: {', '.join(missing)}")


def _failure(stack: StackArtifact, reason: str) -> DeploymentError:
    unsupported = UNSUPPORTED in reason or _UNKNOWN_TYPE in reason
    kind = UnsupportedResourceError if unsupported else DeploymentError
    return kind(f"{stack.stack_name}: {reason}")


def read_stacks(assembly: Path) -> Iterator[StackArtifact]:
    """Read the stacks of a cloud assembly from its manifest."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    for artifact_id, artifact in artifacts.items():
        if artifact["type"] == "aws:cloudformation:stack":
            properties = artifact["properties"]
            yield StackArtifact(
                artifact_id=artifact_id,
                stack_name=properties.get("stackName", artifact_id),
                template=assembly / properties["templateFile"],
                dependencies=tuple(artifact.get("dependencies", ())),
            )


def in_dependency_order(stacks: list[StackArtifact]) -> list[StackArtifact]:
    """Sort stacks so that each follows the stacks it depends on."""
    known = {stack.artifact_id: stack for stack in stacks}
    ordered: dict[str, StackArtifact] = {}

    def visit(stack: StackArtifact) -> None:
        for dependency in stack.dependencies:
            if dependency in known and dependency not in ordered:
                visit(known[dependency])
        ordered.setdefault(stack.artifact_id, stack)

    for stack in stacks:
        visit(stack)
    return list(ordered.values())


def zip_folder(folder: Path) -> bytes:
    """Zip a folder with fixed timestamps, so equal content gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return buffer.getvalue()


def wait(
    fetch: Callable[[], dict[str, Any]],
    done: Callable[[dict[str, Any]], bool],
    timeout_s: float = _TIMEOUT_S,
) -> dict[str, Any]:
    """Poll until ``done``.

    Raises
    ------
    DeploymentError
        The time is over.
    """
    deadline = time.monotonic() + timeout_s
    while not done(row := fetch()):
        if time.monotonic() > deadline:
            raise DeploymentError(f"gave up after {timeout_s:.0f} s; last seen: {row}")
        time.sleep(_POLL_S)
    return row
