"""The endpoint that reads scans on a GPU: asynchronous, or real-time for callers that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker

from infra.compliance import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from infra.deployment import Deployment, Ocr

VARIANT = "AllTraffic"
# One shard is decoded and drawn on the CPU while another is on the GPU.
SHARDS_AT_ONCE = 2
# Shards, of eight pages as a rule, that wait for each instance before one more is started.
BACKLOG_PER_INSTANCE = 5
# Calls a minute for each instance of a real-time endpoint before one more is started. A shard of
# eight pages may take it two seconds on a small GPU.
CALLS_PER_INSTANCE = 30
# Loading the models and compiling them for the GPU; a container that takes longer is broken.
START_LIMIT_S = 600


class GpuStack(Stack):
    """The model, its endpoint and the rules that start and stop its instances.

    **The model.** An image, or a version of it in SageMaker's model registry
    (``gpu_endpoints/ocr/register.py``): then the registry says who approved what runs.

    **Waking.** The first shard that is queued while no instance runs is a backlog: the metric
    ``HasBacklogWithoutCapacity`` becomes 1, one period of a minute later the alarm adds one
    instance, and what is queued waits for it in SageMaker's own queue. It waits for the alarm (one
    to two minutes), the instance and its image (four to eight minutes is usual for a G5) and the
    models (under one minute): about ten minutes, of which nothing is promised. So a shard is waited
    for `scan_deadline_s`, 30 minutes by default, and its document longer than that. A shard that
    has no answer by then is given up, and its pages say ``OCR_UNAVAILABLE``.

    **More instances, and none.** From one to `max_instances`, the number follows the backlog per
    instance. Without a backlog it falls to `min_instances`, zero by default, about a quarter of an
    hour after the last answer.

    **Real-time.** Callers wait for the answer, a minute at most, and send at most 25 MB; nothing is
    kept for them, so one instance runs always, and the number follows the calls.

    **Changes.** Model and configuration have no names of ours: CloudFormation replaces both with
    every change and then moves the endpoint, whose name is fixed, to the new configuration, while
    the old instances go on answering. The change starts one instance, even where none ran: an
    image that does not start fails the deployment, not the first document. Another instance type is
    no such change: SageMaker refuses it for as long as the number of instances is scaled, so the
    stack is destroyed first and deployed again. Nothing of a document is in it.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, ocr: Ocr) -> None:
        super().__init__(
            scope,
            deployment.name("gpu"),
            description="Docparser: the OCR endpoint",
        )
        self._deployment = deployment
        self._ocr = ocr
        # A real-time endpoint is none of the pipeline's.
        self._name = deployment.ocr_endpoint or deployment.name("ocr-realtime")
        self._topics = [
            self.format_arn(service="sns", resource=deployment.name(f"ocr-{outcome}"))
            for outcome in ("success", "error")
        ]
        target = self._scalable_target(self._endpoint())
        if ocr.is_realtime:
            self._follow_calls(target)
        else:
            self._follow_backlog(target)
            self._wake_from_zero(target)

    # ------------------------------------------------------------ endpoint
    def _endpoint(self) -> sagemaker.CfnEndpoint:
        role = self._role()
        model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=role.role_arn,
            # The container reaches nothing: SageMaker itself hands it the pages and takes back
            # what it read.
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=self._ocr.image or None,
                model_package_name=self._model_package,
                environment={"DOCPARSER_ENV": self._deployment.env},
            ),
        )
        # The role's policy is a resource of its own: without this the model may come first.
        model.node.add_dependency(role)
        configuration = sagemaker.CfnEndpointConfig(
            self,
            "Configuration",
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name=VARIANT,
                    model_name=model.attr_model_name,
                    initial_instance_count=max(1, self._ocr.min_instances),
                    initial_variant_weight=1,
                    instance_type=self._ocr.instance_type,
                    container_startup_health_check_timeout_in_seconds=START_LIMIT_S,
                )
            ],
            async_inference_config=None if self._ocr.is_realtime else self._exchange(),
        )
        return sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=self._name,
            endpoint_config_name=configuration.attr_endpoint_config_name,
        )

    @property
    def _model_package(self) -> str | None:
        """Return the ARN of the version in the model registry, if the model is one."""
        package = self._ocr.model_package
        if package.isdecimal():
            return self.format_arn(
                service="sagemaker",
                resource="model-package",
                resource_name=f"{self._deployment.name('ocr')}/{package}",
            )
        return package or None

    def _exchange(self) -> sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty:
        """Return where answers lie and who is told of them."""
        kinds = sagemaker.CfnEndpointConfig
        bucket = self._deployment.bucket("ocr")
        success, error = self._topics
        return kinds.AsyncInferenceConfigProperty(
            client_config=kinds.AsyncInferenceClientConfigProperty(
                max_concurrent_invocations_per_instance=SHARDS_AT_ONCE
            ),
            output_config=kinds.AsyncInferenceOutputConfigProperty(
                s3_output_path=f"s3://{bucket}/output/",
                s3_failure_path=f"s3://{bucket}/failure/",
                notification_config=kinds.AsyncInferenceNotificationConfigProperty(
                    success_topic=success, error_topic=error
                ),
            ),
        )

    def _role(self) -> iam.Role:
        """Return what SageMaker may do for the endpoint."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))

        def allow(service: str, actions: list[str], *resources: str) -> None:
            role.add_to_policy(
                iam.PolicyStatement(
                    actions=[f"{service}:{action}" for action in actions], resources=list(resources)
                )
            )

        pull = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]
        allow("ecr", pull, self._repository())
        allow("ecr", ["GetAuthorizationToken"], "*")
        allow("cloudwatch", ["PutMetricData"], "*")
        if self._model_package:
            allow("sagemaker", ["DescribeModelPackage"], self._model_package)
        logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/sagemaker/Endpoints/{self._name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=self._deployment.removal_policy,
        ).grant_write(role)
        acknowledge(
            role,
            {
                "IAM5[Resource::*]": "Signing in to ECR and writing metrics have no permissions "
                "on the level of a resource."
            },
        )
        if self._ocr.is_realtime:
            return role
        bucket = f"arn:{self.partition}:s3:::{self._deployment.bucket('ocr')}"
        allow("s3", ["ListBucket"], bucket)
        allow("s3", ["GetObject"], f"{bucket}/input/*")
        written = [f"{bucket}/{folder}/*" for folder in ("output", "failure")]
        allow("s3", ["PutObject", "AbortMultipartUpload"], *written)
        allow("sns", ["Publish"], *self._topics)
        stem = (
            f"arn:<AWS::Partition>:s3:::{self._deployment.name('ocr')}"
            "-<AWS::AccountId>-<AWS::Region>"
        )
        keys = "Keys below one prefix of one bucket: they hold tenant and document ids."
        acknowledge(
            role,
            {
                f"IAM5[Resource::{stem}/{folder}/*]": keys
                for folder in ("input", "output", "failure")
            },
        )
        return role

    def _repository(self) -> str:
        """Return the ARN of the image's repository."""
        place = self._ocr.image_place
        return self.format_arn(
            service="ecr",
            region=place.get("region"),
            account=place.get("account"),
            resource="repository",
            resource_name=place["name"],
        )

    # ------------------------------------------------------------ instances
    def _scalable_target(self, endpoint: sagemaker.CfnEndpoint) -> scaling.ScalableTarget:
        # Application Auto Scaling makes this role itself, and takes no other for SageMaker.
        role = iam.Role.from_role_arn(
            self,
            "ScalingRole",
            f"arn:{self.partition}:iam::{self.account}:role/aws-service-role/"
            "sagemaker.application-autoscaling.amazonaws.com/"
            "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint",
        )
        target = scaling.ScalableTarget(
            self,
            "Instances",
            service_namespace=scaling.ServiceNamespace.SAGEMAKER,
            resource_id=f"endpoint/{self._name}/variant/{VARIANT}",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            min_capacity=self._ocr.min_instances,
            max_capacity=self._ocr.max_instances,
            role=role,
        )
        target.node.add_dependency(endpoint)
        return target

    def _follow_backlog(self, target: scaling.ScalableTarget) -> None:
        target.scale_to_track_metric(
            "Backlog",
            target_value=BACKLOG_PER_INSTANCE,
            custom_metric=self._metric("ApproximateBacklogSizePerInstance"),
            scale_in_cooldown=Duration.minutes(10),
            scale_out_cooldown=Duration.minutes(5),
        )

    def _follow_calls(self, target: scaling.ScalableTarget) -> None:
        target.scale_to_track_metric(
            "Calls",
            target_value=CALLS_PER_INSTANCE,
            predefined_metric=scaling.PredefinedMetric.SAGEMAKER_VARIANT_INVOCATIONS_PER_INSTANCE,
            scale_in_cooldown=Duration.minutes(10),
            scale_out_cooldown=Duration.minutes(5),
        )

    def _wake_from_zero(self, target: scaling.ScalableTarget) -> None:
        """Start the first instance: with none, a backlog per instance has no value."""
        step = scaling.StepScalingAction(
            self,
            "FirstInstance",
            scaling_target=target,
            adjustment_type=scaling.AdjustmentType.CHANGE_IN_CAPACITY,
            # An instance that is being started still counts as none: a second is not wanted.
            cooldown=Duration.minutes(15),
        )
        step.add_adjustment(adjustment=1, lower_bound=0)
        cloudwatch.Alarm(
            self,
            "HasBacklogWithoutCapacity",
            alarm_description="Scans wait, and no instance runs.",
            metric=self._metric("HasBacklogWithoutCapacity"),
            threshold=1,
            # One period: the metric is 1 only where something waits and nothing runs, so there is
            # no noise to sit out, and each period is a minute of every waiting document.
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        ).add_alarm_action(actions.ApplicationScalingAction(step))

    def _metric(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=name,
            dimensions_map={"EndpointName": self._name},
            statistic="Average",
            period=Duration.minutes(1),
        )
