"""One Lambda function, with a role and a log group of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Aws, Duration, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.compliance import acknowledge
from infra.image import image_code

if TYPE_CHECKING:
    from infra.deployment import Deployment
    from infra.functions import FunctionSpec


class DocumentFunction(Construct):
    """A function as its row in the table says, allowed nothing but to write its log.

    The stack adds what else it may do, one sentence per right: `on_objects`, `on_bucket`, `allow`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        spec: FunctionSpec,
        settings: dict[str, str],
        layers: list[lambda_.LayerVersion],
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self.spec = spec
        name = deployment.name(spec.purpose)
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=deployment.removal_policy,
        )
        # Instead of AWSLambdaBasicExecutionRole, which may write to every log group.
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        common: dict[str, Any] = {
            "function_name": name,
            "role": self.role,
            "memory_size": spec.memory_mb,
            "timeout": Duration.seconds(spec.timeout_s),
            "ephemeral_storage_size": Size.mebibytes(spec.storage_mb),
            "log_group": log_group,
            "logging_format": lambda_.LoggingFormat.JSON,
            # A dead-letter queue and not a failure destination: it keeps the event as it came, so
            # that it can be sent again, and not the answer, whose stack trace is no business of a
            # queue.
            "dead_letter_queue": dead_letter_queue,
            "environment": {
                "DOCPARSER_ENV": deployment.env,
                **{f"DOCPARSER_{name}": settings[name] for name in spec.settings if settings[name]},
            },
        }
        self.function: lambda_.Function
        if spec.image and not deployment.is_local:
            self.function = lambda_.DockerImageFunction(
                self,
                "Function",
                code=image_code(self, spec.image, deployment.ocr_cpu),
                # OpenVINO has no wheel for arm64 that runs on the glibc of Amazon Linux 2023.
                architecture=lambda_.Architecture.X86_64,
                **common,
            )
            return
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="handler.handler",
            code=lambda_.Code.from_asset(str(spec.source), exclude=["__pycache__", "*.pyc"]),
            layers=layers,
            **common,
        )
        acknowledge(
            self.function,
            {
                "L1": "The layers are built and checked for python3.13; a newer runtime is a "
                "change of its own."
            },
        )

    def on_objects(self, purpose: str, *actions: str) -> None:
        """Allow S3 actions on every object of one bucket: keys are made of ids, not known here."""
        bucket = self._deployment.bucket(purpose)
        self.allow([f"s3:{action}" for action in actions], f"arn:{Aws.PARTITION}:s3:::{bucket}/*")
        acknowledge(
            self.role,
            {
                f"IAM5[Resource::arn:<AWS::Partition>:s3:::{self._deployment.name(purpose)}"
                "-<AWS::AccountId>-<AWS::Region>/*]": "Object keys within one bucket: they hold "
                "tenant and document ids."
            },
        )

    def on_bucket(self, purpose: str, *actions: str) -> None:
        """Allow S3 actions on one bucket itself."""
        bucket = self._deployment.bucket(purpose)
        self.allow([f"s3:{action}" for action in actions], f"arn:{Aws.PARTITION}:s3:::{bucket}")

    def allow(self, actions: list[str], resource: str) -> None:
        """Allow actions on one resource, given by its ARN."""
        self.role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
