"""The OCR endpoint: where answers go, who is told, what it may do, how it wakes and sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template as Assertions

from infra.deployment import ContextError, Deployment, Ocr
from infra.gpu_stack import GpuStack
from tests.infra.conftest import IMAGE, WITHOUT_LAYERS, synthesize
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ENDPOINT = "docparser-dev-ocr"
HERE = "eu-central-1:123456789012"
BUCKET = "docparser-dev-ocr-123456789012-eu-central-1"
TOPICS = {kind: f"arn:aws:sns:{HERE}:docparser-dev-ocr-{kind}" for kind in ("success", "error")}
ALARM = "AWS::CloudWatch::Alarm"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"


def only(template: Template, kind: str) -> dict[str, Any]:
    (properties,) = template.of_type(kind).values()
    return properties


def test_answers_and_failures_lie_where_ocr_result_looks(gpu: Template) -> None:
    configuration = only(gpu, "AWS::SageMaker::EndpointConfig")["AsyncInferenceConfig"]
    assert configuration["OutputConfig"] == {
        "S3OutputPath": f"s3://{BUCKET}/output/",
        "S3FailurePath": f"s3://{BUCKET}/failure/",
        "NotificationConfig": {"SuccessTopic": TOPICS["success"], "ErrorTopic": TOPICS["error"]},
    }
    assert configuration["ClientConfig"] == {"MaxConcurrentInvocationsPerInstance": 2}


def test_the_topics_are_those_of_the_pipeline(gpu: Template, pipeline: Template) -> None:
    notified = only(gpu, "AWS::SageMaker::EndpointConfig")["AsyncInferenceConfig"]["OutputConfig"]
    names = {arn.rpartition(":")[2] for arn in notified["NotificationConfig"].values()}
    topics = pipeline.of_type("AWS::SNS::Topic").values()
    assert names == {topic["TopicName"] for topic in topics}


def test_the_container_reaches_nothing(gpu: Template) -> None:
    model = only(gpu, "AWS::SageMaker::Model")
    assert model["EnableNetworkIsolation"] is True
    assert model["PrimaryContainer"]["Image"] == IMAGE
    assert "ModelName" not in model


def test_a_change_replaces_what_has_no_name_and_moves_the_endpoint(gpu: Template) -> None:
    assert "EndpointConfigName" not in only(gpu, "AWS::SageMaker::EndpointConfig")
    ((configuration_id, _),) = gpu.of_type("AWS::SageMaker::EndpointConfig").items()
    endpoint = only(gpu, "AWS::SageMaker::Endpoint")
    assert endpoint["EndpointName"] == ENDPOINT
    assert endpoint["EndpointConfigName"] == f"<{configuration_id}.EndpointConfigName>"


def test_the_endpoint_may_read_pages_write_answers_and_tell(gpu: Template) -> None:
    model = only(gpu, "AWS::SageMaker::Model")
    ((log_group_id, log_group),) = gpu.of_type("AWS::Logs::LogGroup").items()
    assert log_group["LogGroupName"] == f"/aws/sagemaker/Endpoints/{ENDPOINT}"
    repository = "arn:aws:ecr:eu-central-1:123456789012:repository/docparser-ocr"
    pulled = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
    written = [f"arn:aws:s3:::{BUCKET}/{folder}/*" for folder in ("output", "failure")]
    assert gpu.rights_of(model["ExecutionRoleArn"]) == {
        ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
        ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/input/*"),
        *(
            (f"s3:{action}", resource)
            for action in ("PutObject", "AbortMultipartUpload")
            for resource in written
        ),
        *(("sns:Publish", topic) for topic in TOPICS.values()),
        *((f"ecr:{action}", repository) for action in pulled),
        ("ecr:GetAuthorizationToken", "*"),
        ("cloudwatch:PutMetricData", "*"),
        *(
            (f"logs:{action}", f"<{log_group_id}.Arn>")
            for action in ("CreateLogStream", "PutLogEvents")
        ),
    }


def test_the_first_page_wakes_the_endpoint(gpu: Template) -> None:
    # Given that nothing runs, the first page that waits
    (alarm,) = (
        row
        for row in gpu.of_type(ALARM).values()
        if row["MetricName"] == "HasBacklogWithoutCapacity"
    )
    assert alarm["Dimensions"] == [{"Name": "EndpointName", "Value": ENDPOINT}]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    # is an alarm within its first minute,
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)
    # which starts one instance.
    (step_id,) = (action.strip("<>") for action in alarm["AlarmActions"])
    step = gpu.of_type(POLICY)[step_id]["StepScalingPolicyConfiguration"]
    assert step["AdjustmentType"] == "ChangeInCapacity"
    assert step["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]


def test_instances_follow_the_backlog_down_to_zero(gpu: Template) -> None:
    target = only(gpu, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 2)
    assert target["ResourceId"] == f"endpoint/{ENDPOINT}/variant/AllTraffic"
    variant = only(gpu, "AWS::SageMaker::EndpointConfig")["ProductionVariants"][0]
    assert variant["VariantName"] == "AllTraffic"
    (tracking,) = (
        row["TargetTrackingScalingPolicyConfiguration"]
        for row in gpu.of_type(POLICY).values()
        if row["PolicyType"] == "TargetTrackingScaling"
    )
    metric = tracking["CustomizedMetricSpecification"]
    assert metric["MetricName"] == "ApproximateBacklogSizePerInstance"
    assert metric["Dimensions"] == [{"Name": "EndpointName", "Value": ENDPOINT}]


def test_size_and_number_of_instances_are_chosen_by_the_context() -> None:
    ocr = Ocr(image=IMAGE, instance_type="ml.g6.2xlarge", min_instances=1, max_instances=8)
    stack = GpuStack(cdk.App(), deployment=Deployment("dev", ocr=ocr), ocr=ocr)
    resources = Assertions.from_stack(stack).to_json()["Resources"].values()
    by_type = {row["Type"]: row["Properties"] for row in resources}
    target = by_type["AWS::ApplicationAutoScaling::ScalableTarget"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 8)
    (variant,) = by_type["AWS::SageMaker::EndpointConfig"]["ProductionVariants"]
    assert variant["InstanceType"] == "ml.g6.2xlarge"


# ------------------------------------------------------------ a version in the model registry
PACKAGE = "arn:aws:sagemaker:eu-west-1:210987654321:model-package/docparser-prod-ocr/7"


def stack_of(ocr: Ocr, tmp_path: Path) -> Template:
    app = cdk.App(outdir=str(tmp_path))
    GpuStack(app, deployment=Deployment("dev", ocr=ocr), ocr=ocr)
    app.synth()
    return Template(tmp_path, "docparser-dev-gpu")


@pytest.mark.parametrize(
    ("package", "arn", "place"),
    [
        ("12", f"arn:aws:sagemaker:{HERE}:model-package/docparser-dev-ocr/12", HERE),
        (PACKAGE, PACKAGE, "eu-west-1:210987654321"),
    ],
)
def test_the_model_may_be_a_version_in_the_registry(
    tmp_path: Path, package: str, arn: str, place: str
) -> None:
    gpu = stack_of(Ocr(model_package=package), tmp_path)
    model = only(gpu, "AWS::SageMaker::Model")
    assert model["PrimaryContainer"] == {
        "ModelPackageName": arn,
        "Environment": {"DOCPARSER_ENV": "dev"},
    }
    rights = gpu.rights_of(model["ExecutionRoleArn"])
    assert ("sagemaker:DescribeModelPackage", arn) in rights
    pulled = {resource for action, resource in rights if action == "ecr:BatchGetImage"}
    assert pulled == {f"arn:aws:ecr:{place}:repository/docparser-ocr"}


def test_the_registry_is_chosen_by_the_context(tmp_path: Path) -> None:
    # Given a version, a repository and real time, as cdk-nag sees them
    chosen = {"ocr_model_package": "3", "ocr_repository": "team/ocr", "ocr_mode": "realtime"}
    outdir = synthesize(tmp_path, env="dev", **chosen, **WITHOUT_LAYERS)
    gpu = Template(outdir, "docparser-dev-gpu")
    # Then the endpoint runs that version,
    model = only(gpu, "AWS::SageMaker::Model")
    assert model["PrimaryContainer"]["ModelPackageName"].endswith("docparser-dev-ocr/3")
    rights = gpu.rights_of(model["ExecutionRoleArn"])
    assert ("ecr:BatchGetImage", f"arn:aws:ecr:{HERE}:repository/team/ocr") in rights
    # and the pipeline, which calls asynchronously, is told of no endpoint.
    functions = Template(outdir, "docparser-dev-pipeline").of_type("AWS::Lambda::Function")
    told = [
        function["Environment"]["Variables"].get("DOCPARSER_OCR_ENDPOINT")
        for function in functions.values()
        if "Environment" in function
    ]
    assert told
    assert not any(told)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"image": IMAGE, "model_package": "1"},
        {"image": "docparser-ocr:1.0"},
        {"model_package": "0"},
        {"model_package": "docparser-dev-ocr"},
        {"model_package": PACKAGE.rpartition("/")[0]},
        {"model_package": "1", "repository": "Docparser"},
        {"image": IMAGE, "mode": "batch"},
        {"image": IMAGE, "mode": "realtime"},
        {"image": IMAGE, "min_instances": 3},
        {"image": IMAGE, "instance_type": "g5.xlarge"},
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ContextError):
        Ocr(**asked)


# ------------------------------------------------------------ real time
def test_a_real_time_endpoint_keeps_nothing_and_an_instance(tmp_path: Path) -> None:
    gpu = stack_of(Ocr(image=IMAGE, mode="realtime", min_instances=1), tmp_path)
    configuration = only(gpu, "AWS::SageMaker::EndpointConfig")
    assert "AsyncInferenceConfig" not in configuration
    assert configuration["ProductionVariants"][0]["InitialInstanceCount"] == 1
    assert only(gpu, "AWS::SageMaker::Endpoint")["EndpointName"] == f"{ENDPOINT}-realtime"
    role = only(gpu, "AWS::SageMaker::Model")["ExecutionRoleArn"]
    services = {action.partition(":")[0] for action, _ in gpu.rights_of(role)}
    assert services == {"ecr", "cloudwatch", "logs"}


def test_instances_of_a_real_time_endpoint_follow_the_calls(tmp_path: Path) -> None:
    gpu = stack_of(Ocr(image=IMAGE, mode="realtime", min_instances=1), tmp_path)
    target = only(gpu, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert target["MinCapacity"] == 1
    assert target["ResourceId"] == f"endpoint/{ENDPOINT}-realtime/variant/AllTraffic"
    tracking = only(gpu, POLICY)["TargetTrackingScalingPolicyConfiguration"]
    metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "SageMakerVariantInvocationsPerInstance"


@pytest.mark.parametrize("form", ["serverless", "domain"])
def test_without_an_image_there_is_no_endpoint(searching: dict[str, Path], form: str) -> None:
    assert not (searching[form] / "docparser-dev-gpu.template.json").exists()
