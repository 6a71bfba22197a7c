"""What outlives a deployment: the buckets, the key of the backup zone and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from docparser.model import Priority

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


class StorageStack(Stack):
    """The buckets and the table.

    The other stacks know them by name, as CONTRACTS fixes them: a CloudFormation export would
    forbid every change that replaces a resource for as long as another stack imports it. Only the
    backup key is handed over as a construct, since its id is not ours to choose and a key is never
    replaced.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            deployment.name("storage"),
            description="Docparser: buckets and table",
            termination_protection=deployment.is_protected,
        )
        self._deployment = deployment
        self.backup_key = kms.Key(
            self,
            "BackupKey",
            description=f"Backup zone of {deployment.table}",
            enable_key_rotation=True,
            removal_policy=deployment.removal_policy,
        )
        self._add_intake_bucket()
        self._add_passing_bucket("work")
        self._add_passing_bucket("ocr")
        self._add_zone("vault")
        self._add_backup_zone()
        self._add_zone("sync")
        self._add_table()

    def _add_intake_bucket(self) -> None:
        bucket = self._bucket(
            "intake",
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(30),
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

    def _add_passing_bucket(self, purpose: str) -> None:
        # Complete purges a document's intermediates; the lifecycle is the net below it.
        self._bucket(
            purpose,
            versioned=False,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(7),
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

    def _bucket(
        self,
        purpose: str,
        *,
        versioned: bool,
        lifecycle_rules: list[s3.LifecycleRule],
        object_lock: bool = False,
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
        CfnOutput(self, "TableName", value=table.table_name)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
