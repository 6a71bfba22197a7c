"""Who may do what in which zone, and above all who may not, as the synthesized roles say.

A right counts as given if any statement of a role allows it, wildcards and whatever conditions it
has included: what is denied here is denied on AWS.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from docparser.model import Level, Zone

from infra.functions import API, PIPELINE
from tests.infra.template import Template, as_list

if TYPE_CHECKING:
    from collections.abc import Iterable

OBJECT = "default/d1f0e2d3c4b5a69788796a5b4c3d2e1f0/r1/original"
READS = ("GetObject", "GetObjectVersion", "GetObjectAttributes", "GetObjectVersionAttributes")
WRITES = ("PutObject", "PutObjectRetention", "PutObjectLegalHold", "DeleteObject")
DELETES = ("DeleteObject", "DeleteObjectVersion", "BypassGovernanceRetention")
LISTS = ("ListBucket", "ListBucketVersions")
USES = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant")
OPEN = {Level.INTERNAL, Level.PUBLIC}
NAMES = sorted(spec.name for spec in (*PIPELINE, API))


class Role:
    """What one function may do."""

    def __init__(self, template: Template, reference: str) -> None:
        logical_id = reference.strip("<>").partition(".")[0]
        self._statements: list[dict[str, Any]] = [
            statement
            for policy in template.of_type("AWS::IAM::Policy").values()
            if f"<{logical_id}>" in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        # Without these two words, what allows and what is allowed can be read off directly.
        assert not [one for one in self._statements if {"NotAction", "NotResource"} & one.keys()]

    def may(self, action: str, resource: str) -> bool:
        """Tell whether any statement allows an action on a resource."""
        return any(
            statement["Effect"] == "Allow"
            and any(
                fnmatchcase(action.lower(), one.lower()) for one in as_list(statement["Action"])
            )
            and any(fnmatchcase(resource, one) for one in as_list(statement["Resource"]))
            for statement in self._statements
        )


@pytest.fixture(scope="session")
def roles(homes: dict[str, Template], pipeline: Template, api: Template) -> dict[str, Role]:
    """Return the role of every function."""
    found = {}
    for spec in (*PIPELINE, API):
        template = api if spec is API else pipeline
        functions = template.named("AWS::Lambda::Function", "FunctionName")
        found[spec.name] = Role(template, functions[f"docparser-dev-{spec.purpose}"]["Role"])
    return found


@pytest.fixture(scope="session")
def keys(storage: Template) -> dict[str, str]:
    """Return the reference by which other stacks know each key: of the levels, and the backup."""
    exports = [row["Export"]["Name"] for row in storage.body["Outputs"].values() if "Export" in row]
    named = {
        re.sub(r".*FnGetAtt([A-Z][a-z]+)Key.*", r"\1", export).upper(): f"<import {export}>"
        for export in exports
        if "Key" in export
    }
    assert named.keys() == {*Level, "BACKUP"}
    return named


def bucket(purpose: str) -> str:
    return f"arn:aws:s3:::docparser-dev-{purpose}-123456789012-eu-central-1"


def on(role: Role, purpose: str, actions: Iterable[str]) -> set[str]:
    """Return which actions of S3 a role may take in a bucket, on it or on its objects."""
    where = (bucket(purpose), f"{bucket(purpose)}/{OBJECT}")
    return {name for name in actions if any(role.may(f"s3:{name}", arn) for arn in where)}


def who_may(roles: dict[str, Role], purpose: str, *actions: str) -> set[str]:
    return {name for name, role in roles.items() if on(role, purpose, actions)}


EVERYTHING = {*READS, *WRITES, *DELETES, *LISTS}


@pytest.mark.parametrize("zone", Zone)
def test_the_function_of_a_zone_has_no_right_on_another_one(
    roles: dict[str, Role], zone: Zone
) -> None:
    for other in Zone:
        found = on(roles[f"place_{zone}"], other, EVERYTHING)
        assert (found == set()) == (other is not zone), other


@pytest.mark.parametrize("zone", Zone)
def test_the_function_of_a_zone_cannot_read_what_lies_there(
    roles: dict[str, Role], zone: Zone
) -> None:
    role = roles[f"place_{zone}"]
    assert on(role, zone, READS) == set()
    assert on(role, zone, ("PutObject", "DeleteObjectVersion", "ListBucketVersions")) != set()


def test_what_handles_public_documents_can_open_none_that_is_not(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    role = roles["place_sync"]
    for purpose in ("vault", "backup", "audit"):
        assert on(role, purpose, EVERYTHING) == set(), purpose
    for name, key in keys.items():
        used = {action for action in USES if role.may(action, key)}
        expected = {"kms:Decrypt", "kms:GenerateDataKey"} if name in OPEN else set()
        assert used == expected, name


def test_the_backup_opens_no_level_and_no_level_opens_the_backup(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    backup = roles["place_backup"]
    assert {name for name, key in keys.items() if backup.may("kms:Decrypt", key)} == {"BACKUP"}
    users = {
        name
        for name, role in roles.items()
        if any(role.may(action, keys["BACKUP"]) for action in USES)
    }
    assert users == {"place_backup"}


def test_who_decides_where_a_document_lies_has_no_right_there(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    route = roles["route"]
    for purpose in (*Zone, "intake", "ocr", "audit"):
        assert on(route, purpose, EVERYTHING) == set(), purpose
    assert not [key for key in keys.values() for action in USES if route.may(action, key)]


def test_only_the_api_and_restore_read_a_zone_and_only_the_vault(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    assert who_may(roles, "vault", *READS) == {"api", "restore"}
    assert who_may(roles, "backup", *READS) == set()
    assert who_may(roles, "sync", *READS) == set()
    for name in ("api", "restore"):
        role = roles[name]
        assert on(role, "vault", {*WRITES, *DELETES}) == set()
        for level in Level:
            assert role.may("kms:Decrypt", keys[level]), level
            assert not role.may("kms:GenerateDataKey", keys[level]), level
    # A presigned URL can do what its signer may: of what is on its way, the API reads the file
    # alone, for whoever reviews it.
    for purpose in ("work", "ocr"):
        assert on(roles["api"], purpose, READS) == set(), purpose


def test_what_is_confidential_is_decrypted_where_it_has_to_be(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    for level in (Level.CONFIDENTIAL, Level.RESTRICTED):
        users = {name for name, role in roles.items() if role.may("kms:Decrypt", keys[level])}
        assert users == {"api", "restore", "place_vault"}, level


def test_only_the_purge_passes_locks_and_only_those_of_the_backup(
    roles: dict[str, Role], keys: dict[str, str]
) -> None:
    assert who_may(roles, "backup", "BypassGovernanceRetention") == {"purge"}
    for purpose in (*{*Zone} - {Zone.BACKUP}, "audit", "intake", "work"):
        assert who_may(roles, purpose, "BypassGovernanceRetention") == set(), purpose
    # And it deletes unread
    purge = roles["purge"]
    for purpose in Zone:
        assert on(purge, purpose, READS) == set(), purpose
    assert not [key for key in keys.values() for action in USES if purge.may(action, key)]


def test_only_the_backup_s_function_locks_what_it_writes(roles: dict[str, Role]) -> None:
    assert who_may(roles, "backup", "PutObjectRetention") == {"place_backup"}
    assert who_may(roles, "backup", "PutObject") == {"place_backup"}


def test_nobody_takes_back_what_was_anchored(roles: dict[str, Role]) -> None:
    assert who_may(roles, "audit", *DELETES, "PutObjectRetention", "PutObjectLegalHold") == set()


CONFIGURES = (
    *("PutBucketPolicy", "DeleteBucketPolicy", "PutBucketVersioning", "PutLifecycleConfiguration"),
    *(
        "PutBucketObjectLockConfiguration",
        "PutEncryptionConfiguration",
        "PutReplicationConfiguration",
    ),
    *("PutBucketPublicAccessBlock", "PutObjectAcl", "PutBucketAcl", "DeleteBucket"),
)
DISABLES = ("kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:CreateGrant")


@pytest.mark.parametrize("name", NAMES)
def test_no_function_changes_what_a_zone_is(
    roles: dict[str, Role], keys: dict[str, str], name: str
) -> None:
    for purpose in (*Zone, "audit"):
        assert on(roles[name], purpose, CONFIGURES) == set(), purpose
    assert not [key for key in keys.values() for word in DISABLES if roles[name].may(word, key)]


def test_keys_leave_it_to_the_roles_who_uses_them(storage: Template) -> None:
    for key in storage.of_type("AWS::KMS::Key").values():
        (statement,) = key["KeyPolicy"]["Statement"]
        assert statement["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}


def test_each_zone_is_told_the_keys_that_it_may_use(
    pipeline: Template, keys: dict[str, str]
) -> None:
    functions = pipeline.named("AWS::Lambda::Function", "FunctionName")

    def told(zone: Zone) -> dict[str, str]:
        variables = functions[f"docparser-dev-place-{zone}"]["Environment"]["Variables"]
        said = variables.get("DOCPARSER_LEVEL_KEYS", "")
        return dict(pair.split("=", 1) for pair in said.split(",") if pair)

    assert told(Zone.VAULT) == {level: keys[level] for level in Level}
    assert told(Zone.SYNC) == {level: keys[level] for level in OPEN}
    assert told(Zone.BACKUP) == {}


def test_a_role_that_is_too_wide_is_found() -> None:
    class Wide(Template):
        def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
            return {
                "Policy": {
                    "Roles": ["<Wide>"],
                    "PolicyDocument": {
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "s3:Get*",
                                "Resource": f"{bucket('vault')}*",
                            },
                            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"},
                        ]
                    },
                }
            }

    role = Role(Wide(None, ""), "<Wide.Arn>")  # type: ignore[arg-type]
    assert on(role, "vault", EVERYTHING) == {*READS}
    assert on(role, "backup", EVERYTHING) == set()
