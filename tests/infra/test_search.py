"""The search index on AWS, in both of its forms, and who may do what with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.deployment import Deployment
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

FORMS = ("serverless", "domain")
# The stack that each function is in, and what it does with the index.
USERS = {
    "index": "docparser-dev-pipeline",
    "sweep": "docparser-dev-pipeline",
    "purge": "docparser-dev-pipeline",
    "api": "docparser-dev-api",
}
USES = {"aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument"}
FILLS = USES | {"aoss:CreateIndex"}
MAKES = {"aoss:CreateCollectionItems", "aoss:UpdateCollectionItems"}


@pytest.fixture(scope="session")
def serverless(searching: dict[str, Path]) -> Template:
    return Template(searching["serverless"], "docparser-dev-search")


@pytest.fixture(scope="session")
def domain(searching: dict[str, Path]) -> dict[str, Any]:
    template = Template(searching["domain"], "docparser-dev-search")
    (domain,) = template.of_type("AWS::OpenSearchService::Domain").values()
    return domain


def user_of(searching: dict[str, Path], form: str, folder: str) -> tuple[Template, dict[str, Any]]:
    """Return the template and the properties of a function that uses the index."""
    template = Template(searching[form], USERS[folder])
    functions = template.named("AWS::Lambda::Function", "FunctionName")
    return template, functions[f"docparser-dev-{folder}"]


def only(template: Template, kind: str) -> dict[str, Any]:
    (properties,) = template.of_type(kind).values()
    return properties


# ---------------------------------------------------------------- serverless
def test_the_collection_scales_to_zero(serverless: Template) -> None:
    group = only(serverless, "AWS::OpenSearchServerless::CollectionGroup")
    assert group["Generation"] == "NEXTGEN"
    limits = group["CapacityLimits"]
    assert (limits["MinIndexingCapacityInOcu"], limits["MinSearchCapacityInOcu"]) == (0, 0)
    assert limits["MaxIndexingCapacityInOcu"] > 0
    assert limits["MaxSearchCapacityInOcu"] > 0
    collection = only(serverless, "AWS::OpenSearchServerless::Collection")
    assert collection["Type"] == "SEARCH"
    assert collection["CollectionGroupName"] == group["Name"]
    assert collection["StandbyReplicas"] == group["StandbyReplicas"]


def test_the_collection_waits_for_its_policies_and_its_group(serverless: Template) -> None:
    resources = serverless.body["Resources"]
    (collection,) = (
        row for row in resources.values() if row["Type"] == "AWS::OpenSearchServerless::Collection"
    )
    needed = {
        name
        for name, row in resources.items()
        if row["Type"].startswith("AWS::OpenSearchServerless::") and row is not collection
    }
    assert len(needed) == 3
    assert set(collection["DependsOn"]) == needed


def test_the_collection_is_encrypted_and_has_no_dashboards(serverless: Template) -> None:
    rows = serverless.named("AWS::OpenSearchServerless::SecurityPolicy", "Type")
    policies = {kind: json.loads(row["Policy"]) for kind, row in rows.items()}
    rule = {"ResourceType": "collection", "Resource": ["collection/docparser-dev"]}
    assert policies == {
        "encryption": {"Rules": [rule], "AWSOwnedKey": True},
        "network": [{"Rules": [rule], "AllowFromPublic": True}],
    }


@pytest.mark.parametrize(
    ("folder", "permissions"),
    [
        (
            "index",
            {"index/docparser-dev/*": FILLS, "collection/docparser-dev": MAKES},
        ),
        # A cancelled document's chunks are deleted: OpenSearch wants the same right.
        ("api", {"index/docparser-dev/*": USES}),
        ("sweep", {"index/docparser-dev/*": USES}),
        ("purge", {"index/docparser-dev/*": USES}),
    ],
)
def test_a_data_policy_names_one_role_and_what_it_does(
    searching: dict[str, Path], folder: str, permissions: dict[str, set[str]]
) -> None:
    template, function = user_of(searching, "serverless", folder)
    policies = template.named("AWS::OpenSearchServerless::AccessPolicy", "Name")
    (statement,) = json.loads(policies[f"docparser-dev-{folder}"]["Policy"])
    assert statement["Principal"] == [function["Role"]]
    given = {}
    for rule in statement["Rules"]:
        (resource,) = rule["Resource"]
        assert resource.startswith(f"{rule['ResourceType']}/")
        given[resource] = set(rule["Permission"])
    assert given == permissions
    rights = template.rights_of(function["Role"])
    (resource,) = {resource for action, resource in rights if action == "aoss:APIAccessAll"}
    assert "CollectionArn" in resource


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_names_fit_into_what_the_service_takes(env: str) -> None:
    deployment = Deployment(env)
    assert 3 <= len(deployment.table) <= 28
    for purpose in ("encryption", "network", *USERS):
        assert 3 <= len(deployment.name(purpose)) <= 32


# ---------------------------------------------------------------- domain
def test_the_domain_encrypts_what_it_keeps_and_says(domain: dict[str, Any]) -> None:
    assert domain["DomainName"] == "docparser-dev"
    assert domain["EncryptionAtRestOptions"] == {"Enabled": True}
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"] == {
        "EnforceHTTPS": True,
        "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    }


def test_the_domain_allows_nobody_by_itself(domain: dict[str, Any]) -> None:
    assert "AccessPolicies" not in domain
    assert "AdvancedSecurityOptions" not in domain


@pytest.mark.parametrize(
    ("folder", "methods"),
    [
        ("index", {"Head", "Post", "Put"}),
        *((name, {"Head", "Post"}) for name in ("api", "sweep", "purge")),
    ],
)
def test_roles_may_send_the_domain_what_they_need(
    searching: dict[str, Path], folder: str, methods: set[str]
) -> None:
    template, function = user_of(searching, "domain", folder)
    rights = template.rights_of(function["Role"])
    arn = "arn:aws:es:eu-central-1:123456789012:domain/docparser-dev/*"
    assert {right for right in rights if right[0].startswith("es:")} == {
        (f"es:ESHttp{method}", arn) for method in methods
    }


# ---------------------------------------------------------------- both
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("folder", USERS)
def test_functions_are_told_where_the_index_answers(
    searching: dict[str, Path], form: str, folder: str
) -> None:
    _, function = user_of(searching, form, folder)
    variables = function["Environment"]["Variables"]
    assert variables["DOCPARSER_SEARCH"] == "opensearch"
    attribute = {"serverless": "CollectionEndpoint", "domain": "DomainEndpoint"}[form]
    location = variables["DOCPARSER_SEARCH_LOCATION"]
    assert "<import docparser-dev-search:" in location
    assert attribute in location
    assert location.startswith("https://") is (form == "domain")


@pytest.mark.parametrize("form", FORMS)
def test_nobody_else_reaches_the_index(searching: dict[str, Path], form: str) -> None:
    users = set()
    for stack in ("docparser-dev-pipeline", "docparser-dev-api"):
        template = Template(searching[form], stack)
        for function in template.of_type("AWS::Lambda::Function").values():
            actions = {action for action, _ in template.rights_of(function["Role"])}
            if any(action.startswith(("aoss:", "es:")) for action in actions):
                users.add(function["FunctionName"])
    assert users == {f"docparser-dev-{folder}" for folder in USERS}


def test_without_an_index_functions_are_told_of_none(homes: dict[str, Template]) -> None:
    for folder in USERS:
        functions = homes[folder].named("AWS::Lambda::Function", "FunctionName")
        variables = functions[f"docparser-dev-{folder}"]["Environment"]["Variables"]
        assert not [name for name in variables if name.startswith("DOCPARSER_SEARCH")]


def test_locally_the_index_is_a_file(
    local_homes: dict[str, Template], search_location: str
) -> None:
    for folder in USERS:
        functions = local_homes[folder].named("AWS::Lambda::Function", "FunctionName")
        variables = functions[f"docparser-local-{folder}"]["Environment"]["Variables"]
        assert variables["DOCPARSER_SEARCH"] == "embedded"
        assert variables["DOCPARSER_SEARCH_LOCATION"] == search_location
