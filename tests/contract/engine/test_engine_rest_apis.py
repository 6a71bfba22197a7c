"""A REST API that a template makes, over HTTP."""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from docparser_local.deploy import Deployer
from docparser_local.outputs import Outputs
from docparser_local.settings import REGION

from tests.contract.engine.running import Engine, function_arn
from tests.contract.engine.test_engine_deploy import assembly

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/execute-api"
}
SCHEMA = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
PATHS = ("things", "elsewhere", "bytes", "cookies", "broken", "odd")


def resources(function: str, detail: str = "sorry") -> dict[str, Any]:
    """Return the resources of an API, of the kinds that the CDK makes."""
    api = {"RestApiId": {"Ref": "Api"}}
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn(function)}"

    def kind(name: str, **properties: Any) -> dict[str, Any]:
        return {"Type": f"AWS::ApiGateway::{name}", "Properties": properties}

    def method(resource: str, verb: str, **properties: Any) -> dict[str, Any]:
        return kind(
            "Method",
            **api,
            ResourceId={"Ref": resource},
            HttpMethod=verb,
            AuthorizationType="AWS_IAM",
            Integration={
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": f"{uri}/invocations",
            },
            **properties,
        )

    root = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    made = {
        "Api": kind("RestApi", Name="api", BinaryMediaTypes=["application/octet-stream"]),
        "Thing": kind("Resource", **api, ParentId={"Ref": "Things"}, PathPart="{thing}"),
        "Validator": kind(
            "RequestValidator", **api, ValidateRequestBody=True, ValidateRequestParameters=True
        ),
        "Model": kind("Model", **api, ContentType="application/json", Schema=SCHEMA),
        "Problem": kind(
            "GatewayResponse",
            **api,
            ResponseType="DEFAULT_5XX",
            StatusCode="500",
            ResponseParameters={
                "gatewayresponse.header.Content-Type": "'application/problem+json'"
            },
            ResponseTemplates={
                "application/json": f'{{"detail": "{detail}", "id": "$context.requestId"}}'
            },
        ),
        "ThingAny": method("Thing", "ANY"),
        "ThingsPost": method(
            "Things",
            "POST",
            RequestValidatorId={"Ref": "Validator"},
            RequestModels={"application/json": {"Ref": "Model"}},
        ),
        "Deployment": kind("Deployment", **api)
        | {"DependsOn": ["Problem", "ThingAny", "ThingsPost", *(f"{p.title()}Get" for p in PATHS)]},
        "Stage": kind(
            "Stage",
            **api,
            DeploymentId={"Ref": "Deployment"},
            StageName="v1",
            MethodSettings=[
                {
                    "HttpMethod": "*",
                    "ResourcePath": "/*",
                    "ThrottlingRateLimit": 1,
                    "ThrottlingBurstLimit": 1,
                }
            ],
        ),
    }
    for path in PATHS:
        made[path.title()] = kind("Resource", **api, ParentId=root, PathPart=path)
        made[f"{path.title()}Get"] = method(path.title(), "GET")
    return made


@dataclass
class Api:
    """The API, from outside."""

    port: int
    path: str

    def connection(self) -> http.client.HTTPConnection:
        """Open a connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port)

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send one request; return status, headers, body."""
        connection = self.connection()
        try:
            connection.request(method, self.path + path, body, SIGNED | headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def event(self, path: str = "/things", **headers: str) -> dict[str, Any]:
        """Return the event that a request becomes."""
        status, _, body = self.send("GET", path, **headers)
        assert status == 200
        return json.loads(body)


@pytest.fixture(scope="module")
def api(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """Deploy the API."""
    function = engine.function("rest.handler", "rest")
    folder = tmp_path_factory.mktemp("api")
    outputs = {
        "ApiUrl": {"Value": {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.host/v1"}}
    }
    Deployer(engine.url).deploy(assembly(folder, "Rest", resources(function), outputs))
    return Api(engine.port, _path(engine))


def _path(engine: Engine) -> str:
    values = Deployer(engine.url).outputs("Rest")
    url = Outputs(engine.url, "", "local", values).api_url
    assert url.startswith(engine.url)
    assert url.endswith("/v1")
    return url.removeprefix(engine.url)


# ---------------------------------------------------------------- what a function gets
def test_an_event_is_that_of_a_rest_api(api: Api) -> None:
    before = time.time()
    event = api.event("/things?tag=a&tag=b&empty=&q=a%20b%2Bc+d", Accept="text/plain")
    context = event.pop("requestContext")
    assert context["path"] == "/v1/things"
    assert (context["stage"], context["httpMethod"]) == ("v1", "GET")
    assert context["resourcePath"] == "/things"
    assert context["accountId"] == "000000000000"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert abs(context["requestTimeEpoch"] / 1000 - before) < 10
    headers, multi = event.pop("headers"), event.pop("multiValueHeaders")
    assert headers["accept"] == "text/plain"
    assert multi["accept"] == ["text/plain"]
    assert event == {
        "resource": "/things",
        "path": "/things",
        "httpMethod": "GET",
        "queryStringParameters": {"tag": "b", "empty": "", "q": "a b+c d"},
        "multiValueQueryStringParameters": {"tag": ["a", "b"], "empty": [""], "q": ["a b+c d"]},
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


def test_nothing_is_made_up_where_there_is_no_query(api: Api) -> None:
    event = api.event()
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_a_header_sent_twice_keeps_both_values(api: Api) -> None:
    connection = api.connection()
    connection.putrequest("GET", f"{api.path}/things")
    for name, value in (*SIGNED.items(), ("X-Twice", "one"), ("X-Twice", "two, three")):
        connection.putheader(name, value)
    connection.endheaders()
    event = json.loads(connection.getresponse().read())
    connection.close()
    assert event["multiValueHeaders"]["x-twice"] == ["one", "two, three"]
    assert event["headers"]["x-twice"] == "two, three"


@pytest.mark.parametrize("sent", ["a%2Fb", "a%20b", "%C3%A4", "100%25", "%2e%2e", "a+b"])
def test_a_path_is_matched_as_it_was_sent(api: Api, sent: str) -> None:
    status, _, body = api.send("GET", f"/things/{sent}")
    assert status == 200
    assert json.loads(body)["thing"]  # Powertools matches the path itself


def test_a_body_is_text_or_base64(api: Api) -> None:
    text = '{"name": "Übergröße"}'.encode()
    _, _, body = api.send("POST", "/things", text, **{"Content-Type": "application/json"})
    event = json.loads(body)
    assert (event["body"], event["isBase64Encoded"]) == (text.decode(), False)


# ---------------------------------------------------------------- what a caller gets
def test_conditional_get(api: Api) -> None:
    status, headers, _ = api.send("GET", "/things/1")
    assert (status, headers["ETag"]) == (200, '"one"')
    status, headers, body = api.send("GET", "/things/1", **{"If-None-Match": headers["ETag"]})
    assert (status, headers["ETag"], body) == (304, '"one"', b"")


def test_redirects_and_empty_answers(api: Api) -> None:
    status, headers, _ = api.send("GET", "/elsewhere")
    assert (status, headers["Location"]) == (303, "https://example.com/?signed=1")
    assert api.send("DELETE", "/things/1")[::2] == (204, b"")


def test_after_an_answer_without_a_body_the_connection_goes_on(api: Api) -> None:
    connection = api.connection()
    for method, path in (("DELETE", "/things/1"), ("GET", "/elsewhere"), ("GET", "/things/2")):
        connection.request(method, api.path + path, headers=SIGNED)
        response = connection.getresponse()
        body = response.read()
    connection.close()
    assert json.loads(body) == {"thing": "2"}


def test_bytes_come_for_those_who_accept_them(api: Api) -> None:
    binary = "application/octet-stream"
    assert api.send("GET", "/bytes", Accept=binary)[2] == bytes(range(256))


def test_a_header_may_have_two_values(api: Api) -> None:
    assert api.send("GET", "/cookies")[1].get_all("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("path", ["/broken", "/odd"])
def test_a_function_that_fails_is_answered_for(api: Api, path: str) -> None:
    status, headers, body = api.send("GET", path)
    assert status == 500
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body) == {"detail": "sorry", "id": headers["x-amzn-requestid"]}


def test_the_gateway_refuses_what_its_model_does_not_allow(api: Api) -> None:
    kind = {"Content-Type": "application/json"}
    answers = [api.send("POST", "/things", body, **kind)[0] for body in (b"{}", b"{", b"[]", None)]
    assert answers == [400] * 4


def test_an_unsigned_request_and_an_unknown_route_are_forbidden(api: Api) -> None:
    assert api.send("GET", "/things", Authorization="")[0] == 403
    assert api.send("GET", "/nowhere")[0] == 403
    assert api.send("PUT", "/things")[0] == 403


def test_a_request_carries_its_id(api: Api) -> None:
    _, headers, body = api.send("GET", "/things")
    assert json.loads(body)["requestContext"]["requestId"] == headers["x-amzn-requestid"]


def test_a_query_that_is_not_encoded_is_refused(engine: Engine, api: Api) -> None:
    with socket.create_connection(("127.0.0.1", engine.port), timeout=5) as raw:
        head = f"GET {api.path}/things?q=\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        raw.sendall(head.encode("latin-1"))
        assert raw.recv(1000).startswith(b"HTTP/1.1 400 ")


# ---------------------------------------------------------------- life
def test_many_at_once_are_all_answered(api: Api) -> None:
    # The template's throttle of one request per second is not applied: there is one user.
    with ThreadPoolExecutor(16) as callers:
        rows = list(callers.map(lambda n: api.send("GET", f"/things/{n}"), range(200)))
    assert [json.loads(body)["thing"] for _, _, body in rows] == [str(n) for n in range(200)]


def test_a_warm_request_waits_for_nobody(api: Api) -> None:
    """No exchange may wait for a delayed acknowledgement, which takes 40 ms."""
    connection = api.connection()
    times = []
    for _ in range(50):
        began = time.perf_counter()
        connection.request("GET", f"{api.path}/things/1", headers=SIGNED)
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    assert statistics.quantiles(times, n=4)[0] < 0.03


def test_a_changed_template_changes_the_api(engine: Engine, api: Api, tmp_path: Path) -> None:
    made = resources("rest", detail="changed")
    made["ThingsPost"]["Properties"].pop("RequestValidatorId")
    made["Validator"]["Properties"]["ValidateRequestBody"] = False
    made["Deployment2"] = made.pop("Deployment")
    made["Stage"]["Properties"]["DeploymentId"] = {"Ref": "Deployment2"}
    outputs = {
        "ApiUrl": {"Value": {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.host/v1"}}
    }
    Deployer(engine.url).deploy(assembly(tmp_path, "Rest", made, outputs))
    assert _path(engine) == api.path
    assert json.loads(api.send("GET", "/broken")[2])["detail"] == "changed"
    assert api.send("POST", "/things", b"{}", **{"Content-Type": "application/json"})[0] == 200
