"""Where the zones are, as the settings say."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from docparser import aws
from docparser.errors import ConfigurationError
from docparser.model import Level, Zone
from docparser.route.bucket_zone import BucketZone
from docparser.route.folder_zone import FolderZone
from docparser.route.opened import opened
from docparser.route.zones import ZonePlaces
from docparser.settings import load


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def places(**settings: str) -> ZonePlaces:
    return load(ZonePlaces, {f"DOCPARSER_{name}": value for name, value in settings.items()})


def test_a_zone_is_a_bucket_or_a_folder_that_goes_before_it() -> None:
    both = places(BACKUP_BUCKET="backup", BACKUP_FOLDER="/mnt/backup", SYNC_BUCKET="sync")
    assert isinstance(opened(both, Zone.BACKUP), FolderZone)
    assert isinstance(opened(both, Zone.SYNC), BucketZone)


def test_a_zone_that_is_nowhere_is_a_mistake_of_the_deployment() -> None:
    with pytest.raises(ConfigurationError, match="DOCPARSER_SYNC_BUCKET"):
        opened(places(VAULT_BUCKET="vault"), Zone.SYNC)


def test_the_vault_is_no_folder_because_a_folder_has_no_urls() -> None:
    with pytest.raises(ConfigurationError, match="DOCPARSER_VAULT_FOLDER"):
        places(VAULT_FOLDER="/mnt/vault")


def test_each_level_has_the_key_that_is_named_for_it() -> None:
    arn = "arn:aws:kms:eu-central-1:123456789012:key/"
    named = places(LEVEL_KEYS=f"INTERNAL={arn}1,PUBLIC={arn}2")
    assert named.keys() == {Level.INTERNAL: f"{arn}1", Level.PUBLIC: f"{arn}2"}
    assert places().keys() == {}


@pytest.mark.parametrize(
    ("code", "shut"),
    [
        ("AccessDenied", True),
        ("NoSuchBucket", True),
        ("InvalidAccessKeyId", True),
        ("RequestTimeTooSkewed", True),
        ("KMS.DisabledException", True),
        ("KMS.ThrottlingException", False),
        ("NoSuchKey", False),
        ("SlowDown", False),
    ],
)
def test_what_a_store_refuses_as_such_is_told_from_what_it_has_not(
    code: str, *, shut: bool
) -> None:
    error = ClientError({"Error": {"Code": code}}, "PutObject")
    assert aws.is_shut(error) is shut


@pytest.mark.parametrize("said", ["INTERNAL", "SECRET=arn", "=arn", "INTERNAL=a,b"])
def test_a_key_of_no_level_is_a_mistake_that_is_not_repeated(said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        places(LEVEL_KEYS=said).keys()
    assert "arn" not in str(raised.value)
