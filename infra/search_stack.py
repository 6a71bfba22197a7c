"""OpenSearch, in one of two forms: a serverless collection that scales to zero, or a domain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from aws_cdk import Fn, Stack
from aws_cdk import aws_opensearchserverless as serverless
from aws_cdk import aws_opensearchservice as opensearch

from infra.compliance import acknowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from infra.deployment import Deployment
    from infra.document_function import DocumentFunction

# OpenSearch Compute Units, for searching and for indexing each: what a run-away may cost.
MAX_UNITS = 4
# To delete a document's passages is to write, for OpenSearch.
USES = ("aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument")
FILLS = (*USES, "aoss:CreateIndex")
# An index is made by a template, which is an item of its collection.
MAKES = ("aoss:CreateCollectionItems", "aoss:UpdateCollectionItems")


class Search(Protocol):
    """An index that functions are given."""

    @property
    def location(self) -> str:
        """Return the URL that it answers at."""
        ...

    def allow(self, function: DocumentFunction, *, makes: bool) -> None:
        """Let a function search it and delete in it, or make it as well."""
        ...


def search_settings(deployment: Deployment, search: Search | None) -> dict[str, str]:
    """Return the settings that say which index there is; empty ones where there is none."""
    if search:
        return {"SEARCH": "opensearch", "SEARCH_LOCATION": search.location}
    if deployment.is_local:
        return {"SEARCH": "embedded", "SEARCH_LOCATION": deployment.search_location}
    return {"SEARCH": "", "SEARCH_LOCATION": ""}


class ServerlessSearchStack(Stack):
    """A collection of type SEARCH, alone in a collection group of the next generation.

    Its units fall to zero after ten minutes without a request; the first request after that waits
    for them, ten to thirty seconds. The endpoint is public, since functions outside a VPC cannot
    reach another, and OpenSearch Dashboards are not reachable at all: the network policy names
    the collection only. A request needs a signature of a role that both its own policy and a data
    access policy allow; nobody else has one.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            deployment.name("search"),
            description="Docparser: the search index, serverless",
            termination_protection=deployment.is_protected,
        )
        self._deployment = deployment
        self._name = deployment.table
        rule = {"ResourceType": "collection", "Resource": [f"collection/{self._name}"]}
        needed = [
            self._policy("encryption", {"Rules": [rule], "AWSOwnedKey": True}),
            self._policy("network", [{"Rules": [rule], "AllowFromPublic": True}]),
            self._group(),
        ]
        self._collection = serverless.CfnCollection(
            self,
            "Collection",
            name=self._name,
            type="SEARCH",
            collection_group_name=self._name,
            standby_replicas="ENABLED",  # must equal the group's
            deletion_protection="ENABLED" if deployment.is_protected else None,
        )
        for resource in needed:
            self._collection.add_resource_dependency(resource)
        self._collection.apply_removal_policy(deployment.removal_policy)

    @property
    def location(self) -> str:
        """Return the collection's URL."""
        return self._collection.attr_collection_endpoint

    def allow(self, function: DocumentFunction, *, makes: bool) -> None:
        """Let a function search the collection's indexes and delete in them, or make them as well.

        The data access policy belongs to the function's stack, where its role is.
        """
        function.allow(["aoss:APIAccessAll"], self._collection.attr_arn)
        rules = [_rule("index", f"{self._name}/*", FILLS if makes else USES)]
        if makes:
            rules.append(_rule("collection", self._name, MAKES))
        serverless.CfnAccessPolicy(
            function,
            "SearchAccess",
            name=self._deployment.name(function.spec.purpose),
            type="data",
            policy=Stack.of(function).to_json_string(
                [{"Rules": rules, "Principal": [function.role.role_arn]}]
            ),
        )

    def _group(self) -> serverless.CfnCollectionGroup:
        return serverless.CfnCollectionGroup(
            self,
            "Group",
            name=self._name,
            standby_replicas="ENABLED",
            generation="NEXTGEN",
            capacity_limits=serverless.CfnCollectionGroup.CapacityLimitsProperty(
                min_indexing_capacity_in_ocu=0,
                min_search_capacity_in_ocu=0,
                max_indexing_capacity_in_ocu=MAX_UNITS,
                max_search_capacity_in_ocu=MAX_UNITS,
            ),
        )

    def _policy(self, kind: str, document: Any) -> serverless.CfnSecurityPolicy:
        return serverless.CfnSecurityPolicy(
            self,
            kind.title(),
            name=self._deployment.name(kind),
            type=kind,
            policy=json.dumps(document),
        )


def _rule(kind: str, name: str, permissions: Sequence[str]) -> dict[str, Any]:
    resource = f"{kind}/{name}"
    return {"ResourceType": kind, "Resource": [resource], "Permission": list(permissions)}


class DomainSearchStack(Stack):
    """A managed domain of one small node, for a steady load or a region without the collection.

    It has no access policy of its own: a request needs a signature of a role whose policy allows
    it. Two roles have one.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            deployment.name("search"),
            description="Docparser: the search index, as a domain",
            termination_protection=deployment.is_protected,
        )
        self._deployment = deployment
        kinds = opensearch.CfnDomain
        self._domain = opensearch.CfnDomain(
            self,
            "Domain",
            domain_name=deployment.table,
            engine_version="OpenSearch_2.19",
            cluster_config=kinds.ClusterConfigProperty(
                instance_type="t3.medium.search", instance_count=1
            ),
            ebs_options=kinds.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=20
            ),
            encryption_at_rest_options=kinds.EncryptionAtRestOptionsProperty(enabled=True),
            node_to_node_encryption_options=kinds.NodeToNodeEncryptionOptionsProperty(enabled=True),
            domain_endpoint_options=kinds.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
        )
        self._domain.apply_removal_policy(deployment.removal_policy)
        acknowledge(
            self._domain,
            {
                "OS1": "Functions run outside a VPC; every request is signed, and two roles may "
                "send one.",
                "OS3": "Functions have no fixed addresses; the signature is what is checked.",
                "OS4": "One node: a dedicated master would cost more than what it guards. The "
                "index can be filled again from the vault.",
                "OS5": "There is no access policy, so nothing is allowed to whoever does not sign.",
                "OS7": "One node has one zone. The index can be filled again from the vault.",
                **{
                    f"OS9[LogExport::{kind}_SLOW_LOGS]": "Slow logs quote queries and documents."
                    for kind in ("SEARCH", "INDEX")
                },
            },
        )

    @property
    def location(self) -> str:
        """Return the domain's URL."""
        return Fn.join("", ["https://", self._domain.attr_domain_endpoint])

    def allow(self, function: DocumentFunction, *, makes: bool) -> None:
        """Let a function search the domain's indexes and delete in them, or make them as well."""
        methods = ("Head", "Post", "Put") if makes else ("Head", "Post")
        name = self._deployment.table
        # By its name: a reference would become an export for nothing.
        domain = self.format_arn(service="es", resource="domain", resource_name=f"{name}/*")
        function.allow([f"es:ESHttp{method}" for method in methods], domain)
        acknowledge(
            function.role,
            {
                "IAM5[Resource::arn:<AWS::Partition>:es:<AWS::Region>:<AWS::AccountId>:"
                f"domain/{name}/*]": "The paths of one domain, which holds this env's index."
            },
        )
