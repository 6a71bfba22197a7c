"""Notes what functions ask of AWS, for whoever compares it with what their roles allow.

Where ``DOCPARSER_LOCAL_CALLS`` of the engine's environment names a file, every worker appends to it
a line of JSON for each call that it has not made before: the function, the service, the operation,
what of its parameters says on which resource it works, and the code of the error, if it came to
one. A presigned URL is a call as well: whoever uses it does so by the rights of its signer. What is
asked of another store that speaks S3 is that store's own matter. Neither bodies nor items are
noted.
"""

from __future__ import annotations

import json
import os
from typing import Any

from botocore import signers
from botocore.client import BaseClient
from botocore.exceptions import ClientError

VARIABLE = "DOCPARSER_LOCAL_CALLS"

_RESOURCES = frozenset(
    "Bucket Key Prefix VersionId TableName IndexName QueueUrl EndpointName "
    "stateMachineArn executionArn SecretId".split()
)


def outline(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what of a call's parameters says on which resources it works, and how."""
    kept = {name: parameters[name] for name in sorted(_RESOURCES & parameters.keys())}
    if not isinstance(kept.get("Key", ""), str):
        del kept["Key"]  # an item's
    kept |= {name: True for name in ("BypassGovernanceRetention",) if parameters.get(name)}
    if "CopySource" in parameters:
        kept["CopySource"] = outline(parameters["CopySource"])
    if "Delete" in parameters:
        kept["Delete"] = sorted({"VersionId" in row for row in parameters["Delete"]["Objects"]})
    if "RequestItems" in parameters:
        kept["RequestItems"] = sorted(parameters["RequestItems"])
    if "TransactItems" in parameters:
        writes = [(*row.items(),) for row in parameters["TransactItems"]]
        kept["TransactItems"] = sorted({(kind, what["TableName"]) for ((kind, what),) in writes})
    return kept


def _is_elsewhere(client: Any) -> bool:
    """Return whether a client is one of another store: AWS's own buckets have names of hosts."""
    return (client.meta.config.s3 or {}).get("addressing_style") == "path"


def note(path: str, function: str) -> None:
    """Note every call that this process makes from now on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    client_class: Any = BaseClient
    signing: Any = signers
    call, presign = client_class._make_api_call, signing.generate_presigned_url
    seen: set[str] = set()

    def write(row: dict[str, Any], error: str | None) -> None:
        line = json.dumps({"function": function, **row, "error": error})
        if line not in seen:
            seen.add(line)
            os.write(descriptor, f"{line}\n".encode())  # in one piece: lines are never mixed

    def described(client: Any, operation: str, parameters: Any) -> dict[str, Any]:
        service = client.meta.service_model.service_name
        kept = outline(parameters or {})
        return {"service": service, "operation": operation, "parameters": kept}

    def noted_call(client: Any, operation: str, parameters: Any) -> Any:
        if _is_elsewhere(client):
            return call(client, operation, parameters)
        row = described(client, operation, parameters)  # before botocore changes the parameters
        try:
            answer = call(client, operation, parameters)
        except ClientError as error:
            write(row, error.response["Error"]["Code"])
            raise
        write(row, None)
        return answer

    def noted_presign(client: Any, method: str, parameters: Any = None, **named: Any) -> Any:
        parameters = named.pop("Params", parameters)
        if not _is_elsewhere(client):
            write(described(client, client._PY_TO_OP_NAME[method], parameters), None)
        return presign(client, method, parameters, **named)

    client_class._make_api_call = noted_call
    signing.generate_presigned_url = noted_presign
