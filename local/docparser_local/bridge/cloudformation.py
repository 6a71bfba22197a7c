"""CloudFormation refuses what the engine would silently leave out.

ministack fails on a resource type that it does not know, but records unknown types under
``AWS::CloudFormation::`` as placeholders, runs ``Custom::`` types it cannot reach as no-ops, and
reads from a resource only the properties that its handler has code for. A template that deploys
here while half of it is dropped would fail, or worse, behave differently, on AWS.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import dynamodb, lambda_svc, s3, stepfunctions
from ministack.services.cloudformation import provisioners, stacks

from docparser_local.bridge import rest_apis
from docparser_local.bridge.definitions import validate
from docparser_local.deploy import UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Properties without a counterpart on one machine, so that nothing is lost by not reading them:
# nobody restores a laptop's table to a point in time, traces it with X-Ray or asks who called its
# API, and objects are deleted with the home directory long before a lifecycle rule in days would
# look at them.
INERT_PROPERTIES = {
    "AWS::ApiGateway::Stage": frozenset({"AccessLogSetting"}),
    "AWS::DynamoDB::Table": frozenset({"PointInTimeRecoverySpecification"}),
    "AWS::S3::Bucket": frozenset({"LifecycleConfiguration"}),
    "AWS::StepFunctions::StateMachine": frozenset({"TracingConfiguration"}),
}
_UTC = ("UTC", "Etc/UTC")


class UnsupportedByEngineError(ValueError):
    """A resource asks for something the engine has no code for."""

    def __init__(self, logical_id: str, what: str) -> None:
        super().__init__(f"{UNSUPPORTED}: {logical_id}: {what}")


class ReadProperties(dict[str, Any]):
    """A resource's properties, which remember which of them were looked at."""

    def __init__(self, properties: dict[str, Any]) -> None:
        super().__init__(properties)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        """Look at one."""
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Look at one."""
        self.read.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        """Look at one."""
        self.read.add(str(key))
        return super().__contains__(key)

    def pop(self, key: str, *default: Any) -> Any:
        """Take one."""
        self.read.add(key)
        return super().pop(key, *default)

    def __iter__(self) -> Iterator[str]:
        """Look at all: what copies them is taken to know them."""
        self.read.update(super().keys())
        return super().__iter__()

    def keys(self) -> Any:
        """Look at all."""
        self.read.update(super().keys())
        return super().keys()

    def items(self) -> Any:
        """Look at all."""
        self.read.update(super().keys())
        return super().items()

    def values(self) -> Any:
        """Look at all."""
        self.read.update(super().keys())
        return super().values()


# ---------------------------------------------------------------- what ministack leaves out
def _complete_bucket(name: str, properties: ReadProperties) -> None:
    """Apply object lock with its default retention, and default encryption."""
    if str(properties.get("ObjectLockEnabled")).lower() == "true":
        rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {})
        retention = rule.get("DefaultRetention")
        if retention:
            numbers = {
                unit: int(retention[unit]) for unit in ("Days", "Years") if unit in retention
            }
            retention = {"Mode": retention["Mode"], **numbers}
        s3._bucket_object_lock[name] = {"enabled": True, "default_retention": retention}
        s3._bucket_versioning[name] = "Enabled"
    if encryption := properties.get("BucketEncryption"):
        (rule,) = encryption["ServerSideEncryptionConfiguration"]
        document = Element("ServerSideEncryptionConfiguration", xmlns=s3.S3_NS)
        by_default = SubElement(document, "Rule")
        if "BucketKeyEnabled" in rule:
            SubElement(by_default, "BucketKeyEnabled").text = str(rule["BucketKeyEnabled"]).lower()
        apply = SubElement(by_default, "ApplyServerSideEncryptionByDefault")
        for key, value in rule["ServerSideEncryptionByDefault"].items():
            SubElement(apply, key).text = value
        _require_done(name, s3._put_bucket_encryption(name, tostring(document)))


def _complete_table(name: str, properties: ReadProperties) -> None:
    """Apply the time-to-live attribute."""
    if specification := properties.get("TimeToLiveSpecification"):
        request = {"TableName": name, "TimeToLiveSpecification": specification}
        _require_done(name, dynamodb._update_ttl(request))


def _complete_function(name: str, properties: ReadProperties) -> None:
    """Apply the dead-letter target of asynchronous invocations."""
    configuration = lambda_svc._functions[name]["config"]
    if target := properties.get("DeadLetterConfig"):
        configuration["DeadLetterConfig"] = target
    if layers := properties.get("Layers"):
        # Their wheels are for AWS's platform; on this one's path they would break the worker.
        raise UnsupportedByEngineError(name, f"layers {layers}")


def _complete_machine(arn: str, _properties: ReadProperties) -> None:
    """Check the definition, as CreateStateMachine does; CloudFormation goes around it here."""
    try:
        validate(stepfunctions._state_machines[arn]["definition"])
    except Exception as error:
        raise ValueError(f"Invalid State Machine Definition: {str(error)[:500]}") from error


def _complete_schedule(name: str, properties: ReadProperties) -> None:
    """Take no clock but UTC: the engine knows no other."""
    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    if zone not in _UTC:
        raise UnsupportedByEngineError(name, f"time zone {zone}")


_COMPLETIONS: dict[str, Callable[[str, ReadProperties], None]] = {
    "AWS::ApiGateway::Method": rest_apis.use_validator,
    "AWS::DynamoDB::Table": _complete_table,
    "AWS::Lambda::Function": _complete_function,
    "AWS::S3::Bucket": _complete_bucket,
    "AWS::Scheduler::Schedule": _complete_schedule,
    "AWS::StepFunctions::StateMachine": _complete_machine,
}


def _complete(kind: str, physical_id: str, properties: ReadProperties) -> None:
    if kind in _COMPLETIONS:
        _COMPLETIONS[kind](physical_id, properties)


def _require_done(name: str, response: tuple[int, Any, bytes]) -> None:
    status, _, body = response
    if status >= HTTPStatus.BAD_REQUEST:
        raise ValueError(f"{name}: {body.decode()}")


# ---------------------------------------------------------------- the guards
def install() -> None:
    """Guard creation and update of resources."""
    create = provisioners._provision_resource

    def guarded_create(kind: str, logical_id: str, properties: Any, stack: str) -> Any:
        _require_known(kind, logical_id)
        tracked = ReadProperties(properties or {})
        result = create(kind, logical_id, tracked, stack)
        _complete(kind, result[0], tracked)
        _require_read(kind, logical_id, set(properties or {}) - tracked.read)
        return result

    for module in (provisioners, stacks):
        module._provision_resource = guarded_create
    for kind, handler in provisioners._RESOURCE_HANDLERS.items():
        if "update" in handler:
            handler["update"] = _guarded_update(kind, handler["update"])


def _guarded_update(kind: str, update: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a type's own update; the code around it looks at every property to compare them."""

    def guarded(physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        tracked = ReadProperties(new or {})
        result = update(physical_id, old, tracked, *rest)
        _complete(kind, result[0], tracked)
        changed = {key for key in new or {} if (old or {}).get(key) != new[key]}
        _require_read(kind, physical_id, changed - tracked.read)
        return result

    return guarded


def _require_known(kind: str, logical_id: str) -> None:
    if kind not in provisioners._RESOURCE_HANDLERS:
        raise UnsupportedByEngineError(logical_id, f"resource type {kind}")


def _require_read(kind: str, logical_id: str, unread: set[str]) -> None:
    if unread := unread - INERT_PROPERTIES.get(kind, frozenset()):
        raise UnsupportedByEngineError(logical_id, f"{kind} properties {sorted(unread)}")
