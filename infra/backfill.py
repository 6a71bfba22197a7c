"""Many documents at once: the machine that takes in the objects of other people's buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.compliance import acknowledge
from infra.functions import ROOT

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs

    from infra.deployment import Deployment
    from infra.document_function import DocumentFunction

DEFINITION = ROOT / "statemachines" / "backfill.asl.json"
PURPOSE = "backfill"
RESULTS = "backfill/"
"""Below which prefix of the work bucket a run says how its batches ended."""
RECORD_ACTIONS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem")


class Backfill(Construct):
    """The state machine of a run, and what it and its function may do.

    Both may read the buckets that the context names, and no other of somebody else's; neither may
    change anything there.

    Parameters
    ----------
    scope, construct_id
        Where it stands.
    deployment
        The env. Its ``backfill_buckets`` may be empty where no rights are enforced.
    function
        The function of ``functions/backfill``.
    dispatch_queue
        The queue that wakes `dispatch`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        function: DocumentFunction,
        dispatch_queue: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._function = function
        self._buckets = [name for name in deployment.backfill_buckets.split(",") if name]
        self._stack = Stack.of(self)
        self._grant_function(dispatch_queue)
        self.machine = self._machine()

    # ------------------------------------------------------------ the function
    def _grant_function(self, dispatch_queue: sqs.IQueue) -> None:
        """Grant what `intake` may do, from other buckets and without deleting there."""
        function = self._function
        table = self._stack.format_arn(
            service="dynamodb", resource="table", resource_name=self._deployment.table
        )
        function.allow([f"dynamodb:{action}" for action in RECORD_ACTIONS], table)
        function.on_objects("intake", "PutObject", "DeleteObject", "DeleteObjectVersion")
        function.allow(["sqs:SendMessage"], dispatch_queue.queue_arn)
        for bucket in self._buckets:
            arn = _bucket(bucket)
            function.allow(["s3:GetObject", "s3:GetObjectVersion"], f"{arn}/*")
            # Else S3 would say 403 of what is gone.
            function.allow(["s3:ListBucket", "s3:ListBucketVersions"], arn)
        self._acknowledge_objects(function.role)

    # ------------------------------------------------------------ the machine
    def _machine(self) -> sfn.StateMachine:
        name = self._deployment.name(PURPOSE)
        role = self._role()
        return sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(DEFINITION.read_text("utf-8")),
            definition_substitutions={
                "Backfill": self._function.function.function_arn,
                "WorkBucket": self._deployment.bucket("work"),
            },
            role=role,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "Logs",
                    log_group_name=f"/aws/vendedlogs/states/{name}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=self._deployment.removal_policy,
                ),
                level=sfn.LogLevel.ALL,
                # The children's input holds keys of other people's objects.
                include_execution_data=False,
            ),
        )

    def _role(self) -> iam.Role:
        """Return the machine's role: it lists and reads, writes its results, starts children."""
        role = iam.Role(
            self, "MachineRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com")
        )

        def allow(actions: list[str], *resources: str) -> None:
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[*resources]))

        allow(["lambda:InvokeFunction"], self._function.function.function_arn)
        for bucket in self._buckets:
            allow(["s3:ListBucket"], _bucket(bucket))
            # Manifests, and the files of an inventory.
            allow(["s3:GetObject"], f"{_bucket(bucket)}/*")
        work = self._deployment.bucket("work")
        allow(
            [
                "s3:PutObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:AbortMultipartUpload",
            ],
            f"{_bucket(work)}/{RESULTS}*",
        )
        allow(["states:StartExecution"], self._machine_arn("stateMachine"))
        allow(
            ["states:DescribeExecution", "states:StopExecution"],
            f"{self._machine_arn('execution')}:*",
        )
        # The children of a Map that is redriven are executions below the machine's name.
        allow(["states:RedriveExecution"], f"{self._machine_arn('execution')}/*:*")
        self._acknowledge_objects(role)
        name, here = self._deployment.name(PURPOSE), "<AWS::Region>:<AWS::AccountId>"
        executions = f"arn:<AWS::Partition>:states:{here}:execution:{name}"
        acknowledge(
            role,
            {
                "IAM5[Resource::*]": "Delivery of vended logs and X-Ray have no permissions on "
                "the level of a resource.",
                f"IAM5[Resource::{executions}:*]": "Executions of one state machine: they are "
                "named after its runs.",
                f"IAM5[Resource::{executions}/*:*]": "The children of the machine's own runs.",
                f"IAM5[Resource::arn:<AWS::Partition>:s3:::{self._deployment.name('work')}"
                f"-<AWS::AccountId>-<AWS::Region>/{RESULTS}*]": "Results lie below the id of "
                "their Map Run.",
            },
        )
        return role

    def _machine_arn(self, kind: str) -> str:
        """Return the ARN of the machine or of its executions, by its name: the role comes first."""
        return self._stack.format_arn(
            service="states",
            resource=kind,
            resource_name=self._deployment.name(PURPOSE),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _acknowledge_objects(self, role: iam.Role) -> None:
        acknowledge(
            role,
            {
                f"IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/*]": "Any object of a bucket "
                "that this env was given to take documents from."
                for bucket in self._buckets
            },
        )


def _bucket(name: str) -> str:
    return f"arn:{Aws.PARTITION}:s3:::{name}"
