"""Composes the stacks of one env; used by ``app.py`` and by the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.api_stack import ApiStack
from infra.compliance import add_checks
from infra.deployment import Deployment
from infra.gpu_stack import GpuStack
from infra.pipeline_stack import PipelineStack
from infra.search_stack import DomainSearchStack, ServerlessSearchStack
from infra.storage_stack import StorageStack

if TYPE_CHECKING:
    import aws_cdk as cdk

# Here and not in cdk.json, so that an assembly made without the CDK's command line is the same.
FEATURE_FLAGS = {
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:checkSecretUsage": True,
    # An export: the storage stack refuses to drop a key that the pipeline still uses.
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
}


@dataclass(frozen=True)
class Application:
    """The stacks of one env."""

    storage: StorageStack
    pipeline: PipelineStack
    api: ApiStack
    search: ServerlessSearchStack | DomainSearchStack | None
    gpu: GpuStack | None


def build(app: cdk.App) -> Application:
    """Create the stacks of the env that the context names, ``dev`` by default.

    Raises
    ------
    ContextError
        If the context names an env that does not exist, or asks for what cannot be.
    """
    deployment = Deployment.from_context(app.node)
    storage = StorageStack(app, deployment=deployment)
    search = _search_stack(app, deployment)
    pipeline = PipelineStack(
        app,
        deployment=deployment,
        backup_key=storage.backup_key,
        level_keys=storage.level_keys,
        search=search,
    )
    api = ApiStack(
        app, deployment=deployment, level_keys=storage.level_keys.values(), search=search
    )
    gpu = GpuStack(app, deployment=deployment, ocr=deployment.ocr) if deployment.ocr else None
    # Known by name only, so CloudFormation does not see the order by itself.
    pipeline.add_stack_dependency(storage)
    api.add_stack_dependency(pipeline)
    if gpu:
        gpu.add_stack_dependency(pipeline)
    # The embedded AWS gets the same template less its layers: it is checked as dev.
    if not deployment.is_local:
        add_checks(app)
    return Application(storage, pipeline, api, search, gpu)


def _search_stack(
    app: cdk.App, deployment: Deployment
) -> ServerlessSearchStack | DomainSearchStack | None:
    match deployment.search:
        case "serverless":
            return ServerlessSearchStack(app, deployment=deployment)
        case "domain":
            return DomainSearchStack(app, deployment=deployment)
    return None
