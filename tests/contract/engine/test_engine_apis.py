"""Identity and API Gateway."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from typing import Any

from docparser_local.settings import REGION

from tests.contract.engine.running import Engine, arn, function_arn


def fetch(url: str, token: str | None = None) -> int:
    """Return the status of a GET."""
    headers = {"Authorization": token} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def lambda_uri(name: str) -> str:
    """Return the integration URI of a function."""
    path = f"path/2015-03-31/functions/{function_arn(name)}/invocations"
    return f"arn:aws:apigateway:{REGION}:lambda:{path}"


def sign_in(engine: Engine) -> tuple[str, str]:
    """Create a pool with a user; return the pool id and an id token."""
    cognito = engine.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=f"pool-{uuid.uuid4().hex[:6]}")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=flows
    )
    client_id = client["UserPoolClient"]["ClientId"]
    user = {"UserPoolId": pool, "Username": "user@example.com"}
    cognito.admin_create_user(**user, TemporaryPassword="Temporary1!")
    cognito.admin_set_user_password(**user, Password="Permanent1!", Permanent=True)
    secrets = {"USERNAME": user["Username"], "PASSWORD": "Permanent1!"}
    result = cognito.initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=secrets
    )
    return pool, result["AuthenticationResult"]["IdToken"]


def rest_api(engine: Engine, kind: str, **authorizer: Any) -> str:
    """Create a proxy API with an authorizer; return its URL."""
    gateway = engine.client("apigateway")
    api = gateway.create_rest_api(name=f"api-{kind}")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"]
    source = "method.request.header.Authorization"
    auth = gateway.create_authorizer(
        restApiId=api, name="a", type=kind, identitySource=source, **authorizer
    )["id"]
    method = {"restApiId": api, "resourceId": resource, "httpMethod": "ANY"}
    gateway.put_method(
        **method, authorizationType="CUSTOM" if kind == "TOKEN" else kind, authorizerId=auth
    )
    uri = lambda_uri("api")
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api, stageName="prod")
    return f"{engine.url}/restapis/{api}/prod/_user_request_/documents/1"


def test_token_authorizer(engine: Engine) -> None:
    uri = lambda_uri("authorize")
    url = rest_api(engine, "TOKEN", authorizerUri=uri)
    assert [fetch(url, token) for token in ("Bearer good", "Bearer bad", None)] == [200, 403, 401]


def test_cognito_authorizer_accepts_a_valid_token(engine: Engine) -> None:
    pool, token = sign_in(engine)
    url = rest_api(
        engine, "COGNITO_USER_POOLS", providerARNs=[arn("cognito-idp", f"userpool/{pool}")]
    )
    assert fetch(url, token) == 200


def test_cognito_authorizer_rejects_a_bogus_token(engine: Engine) -> None:
    pool, _ = sign_in(engine)
    url = rest_api(
        engine, "COGNITO_USER_POOLS", providerARNs=[arn("cognito-idp", f"userpool/{pool}")]
    )
    assert fetch(url, "bogus") == 401
