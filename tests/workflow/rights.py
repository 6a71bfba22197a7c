"""What calls of AWS ask for, and what roles of the deployed template allow."""

from __future__ import annotations

import fnmatch
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser_local.settings import ACCOUNT, REGION

from tests.infra.template import Template, as_list, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HERE = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}
PREFIX = "docparser-local-"
BACKUP_KEY = "the backup's key"
# S3 says of a key that is missing that it is, instead of 403, to whoever may list its bucket.
MISSING = {"NoSuchKey": "ListBucket", "404": "ListBucket", "NoSuchVersion": "ListBucketVersions"}


class Right(NamedTuple):
    """An action of IAM, and the ARN of a resource or a pattern of them."""

    action: str
    resource: str

    def allows(self, needed: Right) -> bool:
        """Return whether a grant of this covers what is needed."""
        return fnmatch.fnmatchcase(needed.action, self.action) and fnmatch.fnmatchcase(
            needed.resource, self.resource
        )


def is_of_the_env(right: Right) -> bool:
    """Return whether a right is not one on somebody else's bucket."""
    s3 = "arn:aws:s3:::"
    return not right.resource.startswith(s3) or right.resource.startswith(s3 + PREFIX)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


# ---------------------------------------------------------------- what calls need
def needed(call: dict[str, Any]) -> set[Right]:
    """Return the rights that a call needs.

    Raises
    ------
    KeyError
        Nobody has said what this operation needs.
    """
    service, operation = call["service"], call["operation"]
    rights = {*NEEDS[service, operation](call["parameters"])}
    if service == "s3" and call["error"] in MISSING:
        bucket = call["parameters"].get("CopySource", call["parameters"])["Bucket"]
        rights.add(Right(f"s3:{MISSING[call['error']]}", f"arn:aws:s3:::{bucket}"))
    return rights


def _object(action: str) -> Callable[[Any], Iterator[Right]]:
    """Return what an operation on one object, or on a version of it, needs."""

    def rights(given: Any) -> Iterator[Right]:
        versioned = "VersionId" in given and action in {"GetObject", "DeleteObject"}
        name = f"s3:{action}Version" if versioned else f"s3:{action}"
        yield Right(name, f"arn:aws:s3:::{given['Bucket']}/{given['Key']}")
        if action == "PutObject":
            yield from _encrypted(given["Bucket"])

    return rights


def _encrypted(bucket: str) -> Iterator[Right]:
    # S3 asks KMS for whoever writes to a bucket that has a key of its own.
    if bucket.startswith(f"{PREFIX}backup-"):
        for action in ("Decrypt", "GenerateDataKey"):
            yield Right(f"kms:{action}", BACKUP_KEY)


def _copied(given: Any) -> Iterator[Right]:
    yield from _object("GetObject")(given["CopySource"])
    yield from _object("PutObject")(given)


def _deleted(given: Any) -> Iterator[Right]:
    everything = f"arn:aws:s3:::{given['Bucket']}/*"
    yield Right("s3:DeleteObject", everything)
    if True in given["Delete"]:
        yield Right("s3:DeleteObjectVersion", everything)
    if "BypassGovernanceRetention" in given:
        yield Right("s3:BypassGovernanceRetention", everything)


def _bucket(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(given: Any) -> Iterator[Right]:
        yield Right(f"s3:{action}", f"arn:aws:s3:::{given['Bucket']}")

    return rights


def _item(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(given: Any) -> Iterator[Right]:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield Right(f"dynamodb:{action}", arn("dynamodb", f"table/{given['TableName']}{index}"))

    return rights


def _items(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(given: Any) -> Iterator[Right]:
        for table in given["RequestItems"]:
            yield Right(f"dynamodb:{action}", arn("dynamodb", f"table/{table}"))

    return rights


def _transaction(given: Any) -> Iterator[Right]:
    for kind, table in given["TransactItems"]:
        # Put, Update, Delete and ConditionCheck: a transaction has no action of its own.
        yield Right(f"dynamodb:{kind}Item", arn("dynamodb", f"table/{table}"))


def _queue(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(given: Any) -> Iterator[Right]:
        yield Right(f"sqs:{action}", arn("sqs", given["QueueUrl"].rpartition("/")[2]))

    return rights


def _states(action: str) -> Callable[[Any], Iterator[Right]]:
    """Return what an operation on the machine, an execution of it or a task of one needs."""

    def rights(given: Any) -> Iterator[Right]:
        machine = arn("states", f"stateMachine:{PREFIX}document")
        resource = given.get("executionArn") or given.get("stateMachineArn") or machine
        yield Right(f"states:{action}", resource)

    return rights


def _endpoint(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(given: Any) -> Iterator[Right]:
        yield Right(f"sagemaker:{action}", arn("sagemaker", f"endpoint/{given['EndpointName']}"))

    return rights


def _secret(given: Any) -> Iterator[Right]:
    yield Right("secretsmanager:GetSecretValue", given["SecretId"])


def _anything(action: str) -> Callable[[Any], Iterator[Right]]:
    def rights(_: Any) -> Iterator[Right]:
        yield Right(action, "*")

    return rights


NEEDS: dict[tuple[str, str], Callable[[Any], Iterator[Right]]] = {
    ("s3", "GetObject"): _object("GetObject"),
    ("s3", "HeadObject"): _object("GetObject"),
    ("s3", "PutObject"): _object("PutObject"),
    ("s3", "CreateMultipartUpload"): _object("PutObject"),
    ("s3", "UploadPart"): _object("PutObject"),
    ("s3", "CompleteMultipartUpload"): _object("PutObject"),
    ("s3", "PutObjectRetention"): _object("PutObjectRetention"),
    ("s3", "DeleteObject"): _object("DeleteObject"),
    ("s3", "DeleteObjects"): _deleted,
    ("s3", "CopyObject"): _copied,
    ("s3", "ListObjectsV2"): _bucket("ListBucket"),
    ("s3", "ListObjectVersions"): _bucket("ListBucketVersions"),
    **{
        ("dynamodb", name): _item(name)
        for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
    },
    ("dynamodb", "BatchGetItem"): _items("BatchGetItem"),
    ("dynamodb", "BatchWriteItem"): _items("BatchWriteItem"),
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("sqs", "SendMessage"): _queue("SendMessage"),
    **{
        ("stepfunctions", name): _states(name)
        for name in (
            *("StartExecution", "StopExecution", "DescribeExecution"),
            *("SendTaskSuccess", "SendTaskFailure"),
        )
    },
    ("sagemaker", "DescribeEndpoint"): _endpoint("DescribeEndpoint"),
    ("sagemaker-runtime", "InvokeEndpointAsync"): _endpoint("InvokeEndpointAsync"),
    ("secretsmanager", "GetSecretValue"): _secret,
    ("textract", "DetectDocumentText"): _anything("textract:DetectDocumentText"),
    ("textract", "AnalyzeDocument"): _anything("textract:AnalyzeDocument"),
}


# ---------------------------------------------------------------- what roles allow
class Role(NamedTuple):
    """What a function may do, and what of it Lambda does in the function's name."""

    rights: frozenset[Right]
    by_lambda: frozenset[Right]

    def allows(self, needed: Right) -> bool:
        """Return whether one of the grants covers what is needed."""
        return any(right.allows(needed) for right in self.rights)


def roles(synth: Path) -> dict[str, Role]:
    """Return the role of each function of the deployed templates, by the function's AWS name."""
    (assembly,) = {path.parent for path in synth.glob(f"*/{PREFIX}pipeline.template.json")}
    return {
        name: role
        for stack in ("pipeline", "api")
        for name, role in _roles(Template(assembly, PREFIX + stack))
    }


def _roles(template: Template) -> Iterator[tuple[str, Role]]:
    resources = _resolved(template)

    def of_type(kind: str) -> dict[str, Any]:
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in resources.items()
            if resource["Type"] == kind
        }

    granted: dict[str, set[Right]] = {}
    for policy in of_type("AWS::IAM::Policy").values():
        for role in policy["Roles"]:
            granted.setdefault(role, set()).update(_granted(policy["PolicyDocument"]))
    sources = of_type("AWS::Lambda::EventSourceMapping").values()
    for logical_id, function in of_type("AWS::Lambda::Function").items():
        rights = frozenset(granted[function["Role"].replace(".Arn>", ">")])
        # Its log, the queues that it is called from and the one of what it could not do.
        served = {function["LoggingConfig"]["LogGroup"].replace(">", ".Arn>")}
        served |= {
            row["EventSourceArn"] for row in sources if row["FunctionName"] == f"<{logical_id}>"
        }
        served.add(function.get("DeadLetterConfig", {}).get("TargetArn", ""))
        by_lambda = frozenset(right for right in rights if right.resource in served)
        yield function["FunctionName"], Role(rights, by_lambda)


def _resolved(template: Template) -> dict[str, Any]:
    """Return the resources, with references to queues and machines as their ARNs."""
    resources = {
        logical_id: plain(resource, HERE)
        for logical_id, resource in template.body["Resources"].items()
    }
    text = json.dumps(resources)
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::SQS::Queue":
            text = text.replace(f"<{logical_id}.Arn>", arn("sqs", properties["QueueName"]))
        elif resource["Type"] == "AWS::StepFunctions::StateMachine":
            machine = f"stateMachine:{properties['StateMachineName']}"
            text = text.replace(f"<{logical_id}>", arn("states", machine))
    resolved: dict[str, Any] = json.loads(text)
    return resolved


def _granted(document: Any) -> Iterator[Right]:
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        assert "Condition" not in statement
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield Right(action, BACKUP_KEY if "BackupKey" in resource else resource)


def word(right: Right) -> str:
    """Return a right in few words: the action, and on what."""
    resource = right.resource.removeprefix("arn:aws:s3:::").removeprefix(PREFIX)
    resource = resource.replace(f"-{ACCOUNT}-{REGION}", "")
    for service in ("dynamodb", "sqs", "states", "sagemaker"):
        resource = resource.removeprefix(f"arn:aws:{service}:{REGION}:{ACCOUNT}:")
    return f"{right.action} {resource.replace(PREFIX, '').replace(PREFIX.rstrip('-'), 'docparser')}"
