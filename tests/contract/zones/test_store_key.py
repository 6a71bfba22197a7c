"""Another store is entered with a key from a secret."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from docparser import aws
from docparser.model import Zone
from docparser.route.opened import opened
from docparser.route.zones import ZoneAway, ZonePlaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.premises import Premises


@pytest.fixture
def signed_in(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sign this process in as the functions are."""
    client = premises.client("s3")
    monkeypatch.setenv("AWS_ENDPOINT_URL", client.meta.endpoint_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    caches = (aws._session, aws._client, aws.s3_at)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("signed_in")
def test_a_store_is_entered_with_the_key_that_the_secret_holds(
    premises: Premises, prefix: str
) -> None:
    # Given a vault at a store that has other accounts, and a secret with a key of one of them
    endpoint = premises.client("s3").meta.endpoint_url
    key = {"access_key_id": "111111111111", "secret_access_key": "of the store"}
    secret = premises.client("secretsmanager").create_secret(
        Name=f"store-{uuid.uuid4().hex}", SecretString=json.dumps(key)
    )["ARN"]
    bucket = f"vault-{uuid.uuid4().hex[:8]}"
    store = aws.s3_at(endpoint, secret)
    store.create_bucket(Bucket=bucket)
    store.put_object(Bucket=bucket, Key=f"{prefix}document.json", Body=b"{}")
    # When the zone is opened as the settings say
    places = ZonePlaces(vault_bucket=bucket, vault_endpoint=endpoint, vault_secret=secret)
    # Then it is that account's bucket, which ours is not
    assert opened(places, Zone.VAULT).find(f"{prefix}document.json") == b"{}"
    assert bucket not in {row["Name"] for row in premises.client("s3").list_buckets()["Buckets"]}


@pytest.mark.usefixtures("signed_in")
def test_a_store_whose_key_nobody_can_read_is_away_and_stops_no_function(
    premises: Premises, prefix: str
) -> None:
    # Given a function that is set up with a zone whose secret is gone
    endpoint = premises.client("s3").meta.endpoint_url
    secret = f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{uuid.uuid4().hex}-AbCdEf"
    places = ZonePlaces(vault_bucket="vault", vault_endpoint=endpoint, vault_secret=secret)
    # Then it starts, and other zones are there
    zone = opened(places, Zone.VAULT)
    with pytest.raises(ZoneAway):
        zone.find(f"{prefix}document.json")
    with pytest.raises(ZoneAway):
        zone.purge(prefix)


@pytest.mark.usefixtures("signed_in")
def test_a_key_that_was_replaced_is_read_anew(
    premises: Premises, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "_KEY_LIFE", timedelta(minutes=1))
    client = premises.client("s3")
    endpoint = client.meta.endpoint_url
    secrets = premises.client("secretsmanager")
    key = {"access_key_id": "111111111111", "secret_access_key": "of the store"}
    secret = secrets.create_secret(Name=f"store-{uuid.uuid4().hex}", SecretString=json.dumps(key))[
        "ARN"
    ]
    bucket = f"vault-{uuid.uuid4().hex[:8]}"
    store = aws.s3_at(endpoint, secret)
    store.create_bucket(Bucket=bucket)
    secrets.put_secret_value(
        SecretId=secret, SecretString=json.dumps({**key, "access_key_id": "222222222222"})
    )
    assert bucket not in {row["Name"] for row in store.list_buckets()["Buckets"]}
