"""The REST API's routes, who may call them, what is logged and what the gateway itself answers."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from docparser.api.models import ProblemDetails
from docparser.model import ApiCode, Level, RejectedCode, RetryableCode, TerminalCode

from infra.functions import API, ROOT

if TYPE_CHECKING:
    from typing import Any

    from tests.infra.template import Template

METHOD = "AWS::ApiGateway::Method"
FUNCTION = "AWS::Lambda::Function"
REFERENCE = ROOT / "docs" / "openapi.json"
CODES = {*ApiCode, *RejectedCode, *RetryableCode, *TerminalCode}
# What the gateway refuses by itself, and how: its own names, and its own status where none is ours.
KINDS = {
    "ACCESS_DENIED": (403, "FORBIDDEN"),
    "BAD_REQUEST_BODY": (400, "INVALID_REQUEST"),
    "BAD_REQUEST_PARAMETERS": (400, "INVALID_REQUEST"),
    "DEFAULT_4XX": (400, "INVALID_REQUEST"),
    "DEFAULT_5XX": (500, "INTERNAL"),
    "EXPIRED_TOKEN": (403, "FORBIDDEN"),
    "INTEGRATION_FAILURE": (503, "DEPENDENCY"),
    "INTEGRATION_TIMEOUT": (503, "DEPENDENCY"),
    "INVALID_SIGNATURE": (403, "FORBIDDEN"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "FORBIDDEN"),
    "QUOTA_EXCEEDED": (429, "THROTTLED"),
    "REQUEST_TOO_LARGE": (413, "TOO_LARGE"),
    "RESOURCE_NOT_FOUND": (404, "NOT_FOUND"),
    "THROTTLED": (429, "THROTTLED"),
    "UNAUTHORIZED": (403, "FORBIDDEN"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "UNSUPPORTED"),
}


@pytest.fixture(scope="session")
def routes(api: Template) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the methods' properties, by path and method."""
    resources = api.of_type("AWS::ApiGateway::Resource")

    def path(resource_id: str) -> str:
        resource = resources.get(resource_id.strip("<>"))
        return "" if resource is None else f"{path(resource['ParentId'])}/{resource['PathPart']}"

    return {
        (path(method["ResourceId"]), method["HttpMethod"]): method
        for method in api.of_type(METHOD).values()
    }


@pytest.fixture(scope="session")
def function(api: Template) -> dict[str, Any]:
    (function,) = api.of_type(FUNCTION).values()
    return function


def test_the_routes_are_those_of_the_reference(
    routes: dict[tuple[str, str], dict[str, Any]],
) -> None:
    paths = json.loads(REFERENCE.read_text())["paths"]
    documented = {
        (path, method.upper())
        for path, operations in paths.items()
        for method in operations
        if method in ("get", "put", "post", "delete", "patch")
    }
    assert set(routes) == documented


def test_every_route_but_health_wants_a_signature(
    routes: dict[tuple[str, str], dict[str, Any]],
) -> None:
    wanted = {route: method["AuthorizationType"] for route, method in routes.items()}
    assert wanted.pop(("/health", "GET")) == "NONE"
    assert set(wanted.values()) == {"AWS_IAM"}


def test_every_route_asks_the_function(
    routes: dict[tuple[str, str], dict[str, Any]], api: Template
) -> None:
    (function_id,) = api.of_type(FUNCTION)
    for method in routes.values():
        integration = method["Integration"]
        assert integration["Type"] == "AWS_PROXY"
        assert f"/functions/<{function_id}.Arn>/invocations" in integration["Uri"]
        # Nobody reads what the function would say after the gateway gave up.
        assert integration["TimeoutInMillis"] == API.timeout_s * 1000
    (permission,) = api.of_type("AWS::Lambda::Permission").values()
    (api_id,) = api.of_type("AWS::ApiGateway::RestApi")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"].endswith(f":123456789012:<{api_id}>/*/*/*")


def test_a_body_is_checked_before_the_function_is_asked(
    routes: dict[tuple[str, str], dict[str, Any]], api: Template
) -> None:
    ((validator_id, validator),) = api.of_type("AWS::ApiGateway::RequestValidator").items()
    assert validator["ValidateRequestBody"] is True
    assert {method["RequestValidatorId"] for method in routes.values()} == {f"<{validator_id}>"}
    schemas = {
        f"<{model_id}>": model["Schema"]
        for model_id, model in api.of_type("AWS::ApiGateway::Model").items()
    }
    reference = json.loads(REFERENCE.read_text())
    for (path, verb), method in routes.items():
        asked = reference["paths"][path][verb.lower()].get("requestBody")
        if asked is None:
            assert "RequestModels" not in method
            continue
        # Whoever may send it to the function may send it through the gateway: members, no values.
        assert asked["required"] is True
        name = asked["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema = schemas.pop(method["RequestModels"]["application/json"])
        assert {*schema} <= {"$schema", "title", "type", "required"}
        assert (schema["title"], schema["type"]) == (name, "object")
        documented = reference["components"]["schemas"][name]
        assert {*schema.get("required", ())} <= {*documented.get("required", ())}
    assert schemas == {}


def test_the_stage_is_v1_throttled_and_logs_no_bodies(api: Template) -> None:
    ((_, stage),) = api.of_type("AWS::ApiGateway::Stage").items()
    assert stage["StageName"] == "v1"
    settings = {(row["ResourcePath"], row["HttpMethod"]): row for row in stage["MethodSettings"]}
    assert set(settings) == {("/*", "*"), ("/~1health", "GET")}
    for row in settings.values():
        assert row["DataTraceEnabled"] is False
        assert row.get("LoggingLevel", "OFF") == "OFF"
        assert 0 < row["ThrottlingRateLimit"] <= 100
        assert 0 < row["ThrottlingBurstLimit"] <= 200


def test_access_logs_say_who_failed_and_not_what_was_asked(api: Template) -> None:
    ((_, stage),) = api.of_type("AWS::ApiGateway::Stage").items()
    setting = stage["AccessLogSetting"]
    group = setting["DestinationArn"].strip("<>").partition(".")[0]
    assert api.of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"] == 30
    logged = set(re.findall(r"\$context\.([\w.]+)", setting["Format"]))
    assert {"requestId", "status", "resourcePath", "responseLatency"} <= logged
    # Neither path, query string, user agent nor the gateway's words, which quote the request.
    assert logged <= {
        *("requestId", "requestTime", "httpMethod", "resourcePath", "status"),
        *("error.responseType", "responseLatency", "integrationLatency", "responseLength"),
    }
    json.loads(setting["Format"])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_the_gateway_refuses_is_a_problem_like_any_other(api: Template, kind: str) -> None:
    answers = api.named("AWS::ApiGateway::GatewayResponse", "ResponseType")
    assert set(answers) == set(KINDS)
    answer = answers[kind]
    headers = answer["ResponseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    (template,) = answer["ResponseTemplates"].values()
    problem = ProblemDetails.model_validate_json(template)
    status, code = KINDS[kind]
    assert answer["StatusCode"] == str(problem.status) == str(status)
    assert problem.code == code
    assert problem.code in CODES
    assert problem.type == f"urn:docparser:problem:{code}"
    assert problem.title == HTTPStatus(status).phrase
    # Nothing but the request's id comes from the request.
    assert re.findall(r"\$\S+?(?=\")", template) == ["$context.requestId"]
    assert ("gatewayresponse.header.Retry-After" in headers) is (status in (429, 503))


def test_the_log_role_outlives_the_stack(api: Template) -> None:
    # It is the account's: all APIs in the region log by it.
    resources = api.body["Resources"].values()
    (account,) = (row for row in resources if row["Type"] == "AWS::ApiGateway::Account")
    assert account["DeletionPolicy"] == "Retain"
    role_id, _, _ = account["Properties"]["CloudWatchRoleArn"]["Fn::GetAtt"][0].partition(".")
    assert api.body["Resources"][role_id]["DeletionPolicy"] == "Retain"
    actions = {action for action, _ in api.rights_of(role_id)}
    assert {action.partition(":")[0] for action in actions} == {"logs"}


def test_the_function_may_do_what_its_callers_may_and_nothing_else(
    api: Template, function: dict[str, Any]
) -> None:
    log_group = function["LoggingConfig"]["LogGroup"].strip("<>")
    rights = api.rights_of(function["Role"])
    others = {(action, resource) for action, resource in rights if resource != f"<{log_group}.Arn>"}
    here = "eu-central-1:123456789012"
    table = f"arn:aws:dynamodb:{here}:table/docparser-dev"
    bucket = "arn:aws:s3:::docparser-dev-{}-123456789012-eu-central-1"
    keys = {resource for action, resource in others if action == "kms:Decrypt"}
    assert {level for level in Level for key in keys if f"{level.title()}Key" in key} == set(Level)
    assert len(keys) == len(Level)
    assert others - {("kms:Decrypt", key) for key in keys} == {
        # A presigned URL may do what its signer may.
        ("s3:PutObject", bucket.format("intake") + "/*"),
        # A document that waits for a review is nowhere else.
        ("s3:GetObject", bucket.format("intake") + "/*"),
        ("s3:GetObjectVersion", bucket.format("intake") + "/*"),
        ("s3:ListBucket", bucket.format("intake")),
        ("s3:GetObject", bucket.format("vault") + "/*"),
        ("s3:ListBucket", bucket.format("vault")),
        # What people say of fields, for Extract.
        ("s3:PutObject", bucket.format("work") + "/*/extract/corrections-*.json"),
        ("s3:DeleteObject", bucket.format("work") + "/*/extract/corrections-*.json"),
        ("dynamodb:GetItem", table),
        ("dynamodb:BatchGetItem", table),
        ("dynamodb:PutItem", table),
        ("dynamodb:UpdateItem", table),
        ("dynamodb:DeleteItem", table),
        ("dynamodb:ConditionCheckItem", table),
        # The audit trail, and the versions of a policy.
        ("dynamodb:Query", table),
        # A cancelled document waits no longer.
        ("dynamodb:BatchWriteItem", table),
        ("sqs:SendMessage", f"arn:aws:sqs:{here}:docparser-dev-dispatch"),
        ("sqs:SendMessage", f"arn:aws:sqs:{here}:docparser-dev-purge"),
        ("dynamodb:Query", f"{table}/index/by_tenant"),
        # What a person has decided about goes on.
        ("states:SendTaskSuccess", f"arn:aws:states:{here}:stateMachine:docparser-dev-document"),
        ("states:StopExecution", f"arn:aws:states:{here}:execution:docparser-dev-document:*"),
    }


def test_the_function_s_settings_are_the_contract_s_names(function: dict[str, Any]) -> None:
    assert function["Environment"]["Variables"] == {
        "DOCPARSER_ENV": "dev",
        "DOCPARSER_TABLE": "docparser-dev",
        "DOCPARSER_INTAKE_BUCKET": "docparser-dev-intake-123456789012-eu-central-1",
        "DOCPARSER_WORK_BUCKET": "docparser-dev-work-123456789012-eu-central-1",
        "DOCPARSER_VAULT_BUCKET": "docparser-dev-vault-123456789012-eu-central-1",
        "DOCPARSER_STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:"
        "stateMachine:docparser-dev-document",
        "DOCPARSER_DISPATCH_QUEUE": "https://sqs.eu-central-1.<AWS::URLSuffix>/123456789012"
        "/docparser-dev-dispatch",
        "DOCPARSER_PURGE_QUEUE": "https://sqs.eu-central-1.<AWS::URLSuffix>/123456789012"
        "/docparser-dev-purge",
        "DOCPARSER_DOCUMENT_DEADLINE_S": "3600",
    }


def test_the_local_api_has_the_same_routes_and_problems(api: Template, local_api: Template) -> None:
    def shape(template: Template) -> list[str]:
        return sorted(
            json.dumps({**row, "Integration": None}, sort_keys=True)
            for kind in (METHOD, "AWS::ApiGateway::GatewayResponse", "AWS::ApiGateway::Stage")
            for row in template.of_type(kind).values()
        )

    # A deployment is named after all that it deploys, the function's name included.
    same = [re.sub(r"RestDeployment\w+", "", row) for row in shape(api)]
    assert [re.sub(r"RestDeployment\w+", "", row) for row in shape(local_api)] == same
