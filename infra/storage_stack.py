"""What outlives a deployment: the buckets, the keys of levels and backup zone, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from docparser.model import Level, Priority

from infra.compliance import acknowledge
from infra.deployment import GUARDDUTY
from infra.malware_scan import MalwareScan

if TYPE_CHECKING:
    from constructs import Construct

    from infra.deployment import Deployment

# What a purge or an overwrite leaves behind, and an upload that never ended.
LEFTOVERS = s3.LifecycleRule(
    noncurrent_version_expiration=Duration.days(30),
    abort_incomplete_multipart_upload_after=Duration.days(1),
    expired_object_delete_marker=True,
)
ANCHORED = Duration.days(365)
LONGEST_WALK = 45
"""Days. A document may wait a month for a person or a zone, and waits for its turn before; what it
is made of must not expire meanwhile."""


class StorageStack(Stack):
    """The buckets and the table.

    The other stacks know them by name, as CONTRACTS fixes them: a CloudFormation export would
    forbid every change that replaces a resource for as long as another stack imports it. Only keys
    are handed over as constructs, since their ids are not ours to choose and a key is never
    replaced: the backup's, and one for each level where the env has them.

    The backup has a key that no level has: whoever may open what is synced opens no backup by it,
    and a level's key that is lost or disabled takes no backup along.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            deployment.name("storage"),
            description="Docparser: buckets and table",
            termination_protection=deployment.is_protected,
        )
        self._deployment = deployment
        self.backup_key = self._key("BackupKey", f"Backup zone of {deployment.table}")
        self.level_keys = {
            level: self._key(f"{level.title()}Key", f"{level} documents of {deployment.table}")
            for level in Level
            if deployment.has_level_keys
        }
        self._add_intake_bucket()
        self._add_passing_bucket("work", Duration.days(LONGEST_WALK))
        self._add_passing_bucket("ocr", Duration.days(7))
        self._add_zone("vault")
        self._add_backup_zone()
        self._add_zone("sync")
        self._add_audit_bucket()
        self._add_table()

    def _key(self, construct_id: str, description: str) -> kms.Key:
        return kms.Key(
            self,
            construct_id,
            description=description,
            enable_key_rotation=True,
            removal_policy=self._deployment.removal_policy,
        )

    def _add_intake_bucket(self) -> None:
        bucket = self._bucket(
            "intake",
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(LONGEST_WALK),
                    # What expired or was replaced only becomes noncurrent: it has had its days.
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        # The bucket's own property. `event_bridge_enabled` would add a function of the CDK's to
        # the stack, with rights to configure every bucket.
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
        if self._deployment.malware == GUARDDUTY:
            MalwareScan(
                self,
                "MalwareScan",
                deployment=self._deployment,
                bucket=bucket,
                prefixes=[f"{priority}/" for priority in Priority],
            )

    def _add_passing_bucket(self, purpose: str, kept: Duration) -> None:
        # Complete purges a document's intermediates; the lifecycle is the net below it.
        self._bucket(
            purpose,
            versioned=False,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=kept,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )

    def _add_zone(self, purpose: str) -> None:
        self._bucket(purpose, versioned=True, lifecycle_rules=[LEFTOVERS])

    def _add_backup_zone(self) -> None:
        # Object Lock can only be switched on with the bucket. A default retention would hold
        # every object alike; how long one is held depends on its document.
        self._bucket(
            "backup",
            versioned=True,
            lifecycle_rules=[LEFTOVERS],
            object_lock=True,
            encryption_key=self.backup_key,
        )

    def _add_audit_bucket(self) -> None:
        # Anchors are worth something only if whoever may write cannot take back: for a year nobody
        # overwrites or deletes one without a right that no function has.
        self._bucket(
            "audit",
            versioned=True,
            lifecycle_rules=[LEFTOVERS],
            object_lock=True,
            default_retention=s3.ObjectLockRetention.governance(ANCHORED),
        )

    def _bucket(
        self,
        purpose: str,
        *,
        versioned: bool,
        lifecycle_rules: list[s3.LifecycleRule],
        object_lock: bool = False,
        default_retention: s3.ObjectLockRetention | None = None,
        encryption_key: kms.Key | None = None,
    ) -> s3.Bucket:
        """Return a private bucket of the fixed name, with its name as an output."""
        title = purpose.title()
        encryption = s3.BucketEncryption.KMS if encryption_key else s3.BucketEncryption.S3_MANAGED
        bucket = s3.Bucket(
            self,
            title,
            bucket_name=self._deployment.bucket(purpose),
            versioned=versioned,
            lifecycle_rules=lifecycle_rules,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            encryption=encryption,
            encryption_key=encryption_key,
            # One data key per bucket and hour instead of one KMS request per object.
            bucket_key_enabled=True if encryption_key else None,
            object_lock_enabled=object_lock or None,
            object_lock_default_retention=default_retention,
            removal_policy=self._deployment.removal_policy,
        )
        acknowledge(
            bucket,
            {
                "S1": "Server access logs would copy object keys, which may be a user's file "
                "names, to one more bucket. Who reads what is a matter for CloudTrail data events."
            },
        )
        CfnOutput(self, f"{title}Bucket", value=bucket.bucket_name)
        return bucket

    def _add_table(self) -> None:
        table = dynamodb.Table(
            self,
            "Table",
            table_name=self._deployment.table,
            partition_key=_string("pk"),
            sort_key=_string("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires_at",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._deployment.is_protected,
            removal_policy=self._deployment.removal_policy,
        )
        table.add_global_secondary_index(
            index_name="by_tenant",
            partition_key=_string("gsi1pk"),
            sort_key=_string("gsi1sk"),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        # The sweeper reads who is overdue and in which state, then writes to the record itself.
        table.add_global_secondary_index(
            index_name="open",
            partition_key=_string("gsi2pk"),
            sort_key=_string("gsi2sk"),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["status", "attempt", "stage", "waiting_for"],
        )
        # What the daily anchor takes in: all events of a day.
        table.add_global_secondary_index(
            index_name="by_day",
            partition_key=_string("gsi3pk"),
            sort_key=_string("gsi3sk"),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        CfnOutput(self, "TableName", value=table.table_name)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
