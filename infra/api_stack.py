"""The REST API: one method per route, its errors, its logs, and the function behind it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import ArnFormat, Aws, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from docparser.api.routes import BODIES, METHODS
from docparser.model import ApiCode, RejectedCode, RetryableCode, TerminalCode, Zone

from infra.compliance import acknowledge
from infra.document_function import DocumentFunction
from infra.functions import API
from infra.layers import Layers
from infra.search_stack import search_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_kms as kms
    from constructs import Construct
    from docparser.model import Noun

    from infra.deployment import Deployment
    from infra.search_stack import Search

STAGE = "v1"
HEALTH = "/health"
# Requests per second, and how many may come at once.
THROTTLE = (50, 100)
HEALTH_THROTTLE = (5, 10)

ACCESS_LOG = {
    "request_id": "$context.requestId",
    "at": "$context.requestTime",
    # The route and not the path: neither an id nor a query is anybody's business here.
    "route": "$context.httpMethod $context.resourcePath",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "latency_ms": "$context.responseLatency",
    "function_ms": "$context.integrationLatency",
    "bytes": "$context.responseLength",
}


class Problem(NamedTuple):
    """What the gateway answers where no function was asked, or none answered."""

    status: int
    code: str
    detail: str


_UNSIGNED = Problem(403, ApiCode.FORBIDDEN, "The request is not signed, or there is no such route.")
_MALFORMED = Problem(400, ApiCode.INVALID_REQUEST, "The request is not as the route expects it.")
_BUSY = Problem(429, RetryableCode.THROTTLED, "Send the request again later.")
_AWAY = Problem(503, RetryableCode.DEPENDENCY, "Send the request again later.")
PROBLEMS = {
    "DEFAULT_4XX": _MALFORMED,
    "DEFAULT_5XX": Problem(500, TerminalCode.INTERNAL, "The request could not be answered."),
    "ACCESS_DENIED": Problem(403, ApiCode.FORBIDDEN, "Whoever signed the request may not send it."),
    "BAD_REQUEST_BODY": _MALFORMED,
    "BAD_REQUEST_PARAMETERS": _MALFORMED,
    "EXPIRED_TOKEN": Problem(
        403, ApiCode.FORBIDDEN, "The request was signed with expired credentials."
    ),
    "INTEGRATION_FAILURE": _AWAY,
    "INTEGRATION_TIMEOUT": _AWAY,
    "INVALID_SIGNATURE": Problem(
        403, ApiCode.FORBIDDEN, "The signature does not match the request."
    ),
    "MISSING_AUTHENTICATION_TOKEN": _UNSIGNED,
    "QUOTA_EXCEEDED": _BUSY,
    "REQUEST_TOO_LARGE": Problem(413, RejectedCode.TOO_LARGE, "The request's body is too large."),
    "RESOURCE_NOT_FOUND": Problem(404, ApiCode.NOT_FOUND, "There is no such route."),
    "THROTTLED": _BUSY,
    "UNAUTHORIZED": _UNSIGNED,
    "UNSUPPORTED_MEDIA_TYPE": Problem(415, RejectedCode.UNSUPPORTED, "Send application/json."),
}
RETRIABLE = (429, 503)


class ApiStack(Stack):
    """The API of one env, at stage ``v1``.

    Every route but health wants a signature (IAM). What is refused before the function is asked
    has the same form as what the function refuses.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        level_keys: Iterable[kms.IKey] = (),
        search: Search | None = None,
    ) -> None:
        super().__init__(scope, deployment.name("api"), description="Docparser: the REST API")
        self._deployment = deployment
        self._function = self._make_function(level_keys, search)
        api = self._make_api()
        self._add_routes(api)
        self._add_problems(api)
        CfnOutput(self, "ApiUrl", value=api.deployment_stage.url_for_path().removesuffix("/"))

    # ------------------------------------------------------------ function
    def _make_function(
        self, level_keys: Iterable[kms.IKey], search: Search | None
    ) -> DocumentFunction:
        deployment = self._deployment
        machine = deployment.name("document")
        nudges, purges = deployment.name("dispatch"), deployment.name("purge")
        function = DocumentFunction(
            self,
            API.construct_id,
            deployment=deployment,
            spec=API,
            settings={
                "TABLE": deployment.table,
                "INTAKE_BUCKET": deployment.bucket("intake"),
                "WORK_BUCKET": deployment.bucket("work"),
                "VAULT_BUCKET": deployment.bucket("vault"),
                "STATE_MACHINE_ARN": self._states_arn("stateMachine", machine),
                "DISPATCH_QUEUE": _queue_url(nudges),
                "PURGE_QUEUE": _queue_url(purges),
                "DOCUMENT_DEADLINE_S": str(deployment.document_deadline_s),
                **search_settings(deployment, search),
                **deployment.store_settings,
            },
            layers=Layers(self, deployment).of(API),
        )
        # A presigned URL can do what its signer may: callers put an upload and get a result by
        # the rights of this role.
        # Whoever reviews a document that waits gets the file itself: it lies nowhere else yet.
        function.on_objects("intake", "PutObject", "GetObject", "GetObjectVersion")
        function.on_objects("vault", "GetObject")
        self._take_corrections(function)
        for store in deployment.stores:
            if store.zone is Zone.VAULT and store.secret:
                function.allow(["secretsmanager:GetSecretValue"], store.secret)
        for key in level_keys:
            function.allow(["kms:Decrypt"], key.key_arn)
        for purpose in ("intake", "vault"):
            # Without it, S3 answers 403 for what is not there.
            function.on_bucket(purpose, "ListBucket")
        table = self.format_arn(
            service="dynamodb", resource="table", resource_name=deployment.table
        )
        items = (
            *("GetItem", "BatchGetItem", "Query", "ConditionCheckItem"),
            *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        )
        function.allow([f"dynamodb:{action}" for action in items], table)
        function.allow(["dynamodb:Query"], f"{table}/index/by_tenant")
        for queue in (nudges, purges):
            function.allow(["sqs:SendMessage"], self.format_arn(service="sqs", resource=queue))
        # What a person has decided about goes on.
        function.allow(["states:SendTaskSuccess"], self._states_arn("stateMachine", machine))
        function.allow(["states:StopExecution"], self._states_arn("execution", f"{machine}:*"))
        acknowledge(
            function.role,
            {
                "IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
                f"execution:{machine}:*]": "Executions of one state machine: they are named after "
                "their documents."
            },
        )
        if search:
            # Whoever cancels a document wants it found by nobody.
            search.allow(function, makes=False)
        return function

    def _take_corrections(self, function: DocumentFunction) -> None:
        """Let it write what people say of fields where Extract reads it, and no other output."""
        work, corrections = self._deployment.bucket("work"), "*/extract/corrections-*.json"
        function.allow(
            ["s3:PutObject", "s3:DeleteObject"], f"arn:{Aws.PARTITION}:s3:::{work}/{corrections}"
        )
        acknowledge(
            function.role,
            {
                f"IAM5[Resource::arn:<AWS::Partition>:s3:::{self._deployment.name('work')}"
                f"-<AWS::AccountId>-<AWS::Region>/{corrections}]": "Corrections of any document: "
                "keys hold tenant and document ids, and each file an id of its own."
            },
        )

    def _states_arn(self, resource: str, name: str) -> str:
        return self.format_arn(
            service="states",
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    # ------------------------------------------------------------ gateway
    def _make_api(self) -> apigateway.RestApi:
        name = self._deployment.name("api")
        rate, burst = THROTTLE
        health_rate, health_burst = HEALTH_THROTTLE
        log_group = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=self._deployment.removal_policy,
        )
        api = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=name,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,  # `_log_account` makes one that may less
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                access_log_destination=apigateway.LogGroupLogDestination(log_group),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
                logging_level=apigateway.MethodLoggingLevel.OFF,
                data_trace_enabled=False,
                throttling_rate_limit=rate,
                throttling_burst_limit=burst,
                method_options={
                    f"{HEALTH}/GET": apigateway.MethodDeploymentOptions(
                        throttling_rate_limit=health_rate, throttling_burst_limit=health_burst
                    )
                },
            ),
        )
        # The construct's own output: `ApiUrl` is the one that clients read.
        api.node.try_remove_child("Endpoint")
        api.deployment_stage.node.add_dependency(self._log_account())
        acknowledge(
            api.deployment_stage,
            {
                "APIG3": "Callers sign their requests, so a firewall would see those of our own "
                "account only; health is open, and throttled.",
                "APIG6": "Execution logs quote what a caller sent where it does not match the "
                "model, file names among it. Access logs hold who failed and when.",
            },
        )
        return api

    def _log_account(self) -> apigateway.CfnAccount:
        """Let API Gateway write access logs.

        There is one such role for all APIs of an account in a region: it must outlive this stack,
        and it can name no log group of ours alone.
        """
        role = iam.Role(
            self, "LogRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com")
        )
        stream = ("CreateLogStream", "DescribeLogStreams", "PutLogEvents", "GetLogEvents")
        group = ("CreateLogGroup", "DescribeLogGroups", "FilterLogEvents")
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[f"logs:{action}" for action in (*group, *stream)], resources=["*"]
            )
        )
        acknowledge(
            role,
            {
                "IAM5[Resource::*]": "API Gateway takes the role only with these rights on all "
                "log groups, and uses it for every API of the account."
            },
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.node.add_dependency(role)
        for resource in (role, account):
            resource.apply_removal_policy(RemovalPolicy.RETAIN)
        return account

    def _add_routes(self, api: apigateway.RestApi) -> None:
        integration = apigateway.LambdaIntegration(
            self._function.function,
            allow_test_invoke=False,
            # One permission for the API instead of one for each method.
            scope_permission_to_method=False,
            timeout=Duration.seconds(API.timeout_s),
        )
        validator = api.add_request_validator(
            "Validator", validate_request_body=True, validate_request_parameters=True
        )
        models = {_resource_path(path): _add_model(api, noun) for path, noun in BODIES.items()}
        routes = {_resource_path(path): methods for path, methods in METHODS.items()}
        for path, methods in routes.items():
            resource = api.root.resource_for_path(path)
            for method in methods:
                resource.add_method(
                    method,
                    integration,
                    authorization_type=apigateway.AuthorizationType.NONE
                    if path == HEALTH
                    else apigateway.AuthorizationType.IAM,
                    request_validator=validator,
                    request_models={"application/json": models[path]}
                    if method in {"POST", "PUT"} and path in models
                    else None,
                )
        anybody = "Health says ok and a version to whoever asks: a probe has no identity."
        acknowledge(api.root.resource_for_path(HEALTH), {"APIG4": anybody, "COG4": anybody})
        signed = "Callers are services and people of the account, who sign with IAM."
        for path in routes.keys() - {HEALTH}:
            acknowledge(api.root.resource_for_path(path), {"COG4": signed})

    def _add_problems(self, api: apigateway.RestApi) -> None:
        for kind, problem in PROBLEMS.items():
            headers = {"Content-Type": "'application/problem+json'"}
            if problem.status in RETRIABLE:
                headers["Retry-After"] = "'1'"
            apigateway.GatewayResponse(
                self,
                "".join(word.title() for word in kind.split("_")),
                rest_api=api,
                type=apigateway.ResponseType.of(kind),
                status_code=str(problem.status),
                response_headers=headers,
                templates={"application/json": _body(problem)},
            )


def _queue_url(name: str) -> str:
    """Return a queue's URL by its name, as of all that another stack makes."""
    return f"https://sqs.{Aws.REGION}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}/{name}"


def _resource_path(path: str) -> str:
    """Return a route's path as the gateway writes it."""
    return path.replace("<", "{").replace(">", "}")


def _add_model(api: apigateway.RestApi, noun: type[Noun]) -> apigateway.Model:
    """Let the gateway keep away what is no such object at all.

    The rest is the function's to check, which can say what is wrong without quoting it.
    """
    required = [
        field.alias or name for name, field in noun.model_fields.items() if field.is_required()
    ]
    return api.add_model(
        noun.__name__,
        content_type="application/json",
        schema=apigateway.JsonSchema(
            schema=apigateway.JsonSchemaVersion.DRAFT4,
            title=noun.__name__,
            type=apigateway.JsonSchemaType.OBJECT,
            required=required or None,
        ),
    )


def _body(problem: Problem) -> str:
    """Return a problem's JSON. It says nothing in the gateway's words, which quote the request."""
    body = {
        "type": f"urn:docparser:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": "$context.requestId",
    }
    return json.dumps(body)
