"""Zones at other stores and in folders: who is told, and who may read the store's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.model import Zone

from infra.deployment import ContextError, Deployment
from infra.functions import API, PIPELINE
from infra.stores import Published, Store, StoreError
from tests.infra.conftest import WITHOUT_LAYERS, synthesize
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:minio-Ab12Cd"
STORE = "https://minio.example:9000"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    context = {"vault_endpoint": STORE, "vault_secret": SECRET, **WITHOUT_LAYERS}
    context |= {"sync_replica_bucket": "replica", "sync_distribution": "E2QWRUHAPOMQZL"}
    return synthesize(tmp_path_factory.mktemp("elsewhere"), env="dev", **context)


def test_whoever_enters_the_vault_knows_its_store_and_may_read_its_key(elsewhere: Path) -> None:
    told, may = set(), set()
    for spec in (*PIPELINE, API):
        template = Template(elsewhere, f"docparser-dev-{'api' if spec is API else 'pipeline'}")
        functions = template.named("AWS::Lambda::Function", "FunctionName")
        function = functions.get(f"docparser-dev-{spec.purpose}")
        if function is None:
            continue  # a lane that is not deployed
        variables = function["Environment"]["Variables"]
        if variables.get("DOCPARSER_VAULT_ENDPOINT") == STORE:
            assert variables["DOCPARSER_VAULT_SECRET"] == SECRET
            told.add(spec.name)
        if ("secretsmanager:GetSecretValue", SECRET) in template.rights_of(function["Role"]):
            may.add(spec.name)
        assert not [name for name in variables if name.startswith("DOCPARSER_BACKUP_ENDPOINT")]
    assert told == may == {"place_vault", "restore", "api", "purge", "sweep"}


def test_a_purge_of_the_sync_zone_reaches_its_replica_and_the_cdn(elsewhere: Path) -> None:
    template = Template(elsewhere, "docparser-dev-pipeline")
    distribution = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"
    reaching = {
        ("s3:ListBucketVersions", "arn:aws:s3:::replica"),
        ("s3:DeleteObject", "arn:aws:s3:::replica/*"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::replica/*"),
        ("cloudfront:CreateInvalidation", distribution),
    }
    told, may = set(), set()
    for name, function in template.named("AWS::Lambda::Function", "FunctionName").items():
        variables = function["Environment"]["Variables"]
        if variables.get("DOCPARSER_SYNC_REPLICA_BUCKET") == "replica":
            assert variables["DOCPARSER_SYNC_DISTRIBUTION"] == "E2QWRUHAPOMQZL"
            told.add(name.removeprefix("docparser-dev-"))
        rights = template.rights_of(function["Role"])
        touching = {right for right in rights if "replica" in right[1] or "cloudfront" in right[0]}
        if touching:
            assert touching == reaching
            may.add(name.removeprefix("docparser-dev-"))
    assert told == may == {"place-sync", "purge", "sweep"}


@pytest.mark.parametrize(
    "said", [{"replica_bucket": "no bucket"}, {"distribution": "d111111abcdef8.cloudfront.net"}]
)
def test_what_is_published_is_named_as_aws_names_it(said: dict[str, str]) -> None:
    with pytest.raises(StoreError):
        Published(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"endpoint": "minio"},
        {"endpoint": "ftp://minio"},
        {"endpoint": "https://minio/path"},
        {"secret": SECRET},
        {"endpoint": STORE, "secret": "password"},
        {"folder": "nas"},
        {"folder": "/nas", "endpoint": STORE},
    ],
)
def test_a_zone_is_not_where_it_cannot_be(said: dict[str, str]) -> None:
    with pytest.raises(StoreError) as raised:
        Store(zone=Zone.BACKUP, **said)
    assert "password" not in str(raised.value)


def test_a_folder_is_no_vault_and_is_mounted_on_this_machine_only() -> None:
    with pytest.raises(StoreError):
        Store(zone=Zone.VAULT, folder="/nas")
    backup = Store(zone=Zone.BACKUP, folder="/nas")
    assert Deployment("local", stores=(backup,)).store_settings["BACKUP_FOLDER"] == "/nas"
    with pytest.raises(ContextError, match="on this machine only"):
        Deployment("dev", stores=(backup,))
