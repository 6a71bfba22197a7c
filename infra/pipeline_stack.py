"""The walk of a document: events, queues, functions and the state machine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from docparser.model import Level, Zone

from infra.alarms import Alarms
from infra.backfill import Backfill
from infra.compliance import acknowledge
from infra.deadlines import WAITING_S, scan_timeout
from infra.deployment import GUARDDUTY, ON
from infra.document_function import DocumentFunction
from infra.functions import PIPELINE, ROOT, FunctionSpec
from infra.layers import Layers
from infra.search_stack import search_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from infra.deployment import Deployment
    from infra.search_stack import Search

DEFINITION = ROOT / "statemachines" / "document.asl.json"
# Batches of the endpoint's answers that are taken in at once.
RESULTS_CONCURRENCY = 10
# Batches that are hashed at once, per priority: a flood of standard uploads leaves room for high.
INTAKE_CONCURRENCY = {"standard": 5, "high": 20}
# A run starts what there is room for; the second one sees to it that no nudge waits for the first.
DISPATCH_CONCURRENCY = 2
# A document at a time, so that one that is tried again takes no other along.
PURGE_CONCURRENCY = 5
NUDGE = {"schema": "docparser/nudge/1"}
SWEEP_EVERY = "rate(1 minute)"
# A day is over, and so is what functions still wrote of it.
ANCHOR_DAILY = "cron(15 0 * * ? *)"
# A transaction needs the rights of the writes that it is made of.
RECORD_ACTIONS = ("GetItem", "PutItem", "UpdateItem")
# Nothing comes out of what was erased, nor another name for it.
INTAKE_ACTIONS = (*RECORD_ACTIONS, "ConditionCheckItem")
# How a document gets a slot, and gives its place in the queue up.
DISPATCH_ACTIONS = ("BatchGetItem", "Query", "PutItem", "DeleteItem", "BatchWriteItem")
# Who waits for the endpoint is stored by the one and deleted by the other; what `ocr_result` knows
# of a record, it reads. Textract's pace is one item.
OTHER_ACTIONS = {
    "dispatch": DISPATCH_ACTIONS,
    "intake": INTAKE_ACTIONS,
    # What has been kept for long enough is erased, unless it is held.
    "sweep": (*DISPATCH_ACTIONS, "GetItem", "UpdateItem", "ConditionCheckItem"),
    "anchor": (),  # it reads an index of it
    # What is erased, what is inside it, what was found of it, and whether it is held.
    "purge": (*INTAKE_ACTIONS, "Query", "BatchGetItem", "DeleteItem"),
    # The name of what is read again stands with its head.
    "restore": (*RECORD_ACTIONS, "BatchGetItem"),
    # The token of what waits, and the slot that it gives up.
    "park": (*RECORD_ACTIONS, "Query", "DeleteItem"),
    # These note on the record that they are done.
    **dict.fromkeys(("assemble", "export", "redact"), ("UpdateItem",)),
    **dict.fromkeys(("index", *(f"place_{zone}" for zone in Zone)), ("GetItem", "UpdateItem")),
    "ocr_request": ("PutItem", "DeleteItem"),
    "ocr_result": ("GetItem", "DeleteItem"),
    "ocr_textract": ("GetItem", "UpdateItem"),
}
# What the id of an inference profile begins with, for a model in several regions.
PROFILES = frozenset({"us", "us-gov", "eu", "apac", "au", "ca", "jp", "global"})
# Who ends walks, or asks how they are.
STOPPERS = dict.fromkeys(("sweep", "purge"), ("DescribeExecution", "StopExecution"))
UNSEEN_ENDS = ("FAILED", "TIMED_OUT", "ABORTED")
ENDS = ("SUCCEEDED", *UNSEEN_ENDS)
SPECS = {spec.name: spec for spec in PIPELINE}


class PipelineStack(Stack):
    """Queues, functions, layers, the state machine and the rules between them."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        backup_key: kms.IKey,
        level_keys: Mapping[Level, kms.IKey],
        search: Search | None = None,
    ) -> None:
        super().__init__(
            scope,
            deployment.name("pipeline"),
            description="Docparser: queues, functions and state machine",
        )
        self._deployment = deployment
        self._level_keys = level_keys
        self._settings = {
            "TABLE": deployment.table,
            "OCR_ENDPOINT": deployment.ocr_endpoint,
            "OCR_CPU": "true" if deployment.reads_on_cpu else "",
            "OCR_MODELS": deployment.ocr_models,
            "TEXTRACT": "true" if deployment.asks_textract else "",
            "TEXTRACT_TENANTS": deployment.textract_tenants,
            "TEXTRACT_PAGES_PER_SECOND": str(deployment.textract_pages_per_second),
            "BEDROCK_MODELS": deployment.bedrock_models,
            "LANE_POLICY": deployment.lane_policy,
            "SLOTS": str(deployment.slots),
            "MAX_FAILURES": str(deployment.max_failures),
            "MALWARE": deployment.malware,
            "CLAMD": deployment.clamd,
            "DOCUMENT_DEADLINE_S": str(deployment.document_deadline_s),
            "SCAN_DEADLINE_S": str(deployment.scan_deadline_s),
            **search_settings(deployment, search),
            **{
                f"{purpose.upper()}_BUCKET": deployment.bucket(purpose)
                for purpose in ("intake", "work", "ocr", "vault", "backup", "sync", "audit")
            },
            **deployment.store_settings,
        }
        self._layers = Layers(self, deployment)
        self._dead_letters: dict[str, sqs.Queue] = {}
        self._fail_dead_letters = self._dead_letter_queue("fail")
        nudges, unheard = self._queue("dispatch", taker="dispatch", construct_id="Nudges")
        self._settings["DISPATCH_QUEUE"] = nudges.queue_url
        purges, _ = self._queue("purge", taker="purge", construct_id="Purges")
        self._settings["PURGE_QUEUE"] = purges.queue_url
        lanes = {"ocr_cpu": deployment.reads_on_cpu, "ocr_textract": deployment.asks_textract}
        deployed = [spec for name, spec in SPECS.items() if lanes.get(name, True)]
        after_machine = [spec for spec in deployed if "STATE_MACHINE_ARN" in spec.settings]
        self._functions = {
            spec.name: self._function(spec) for spec in deployed if spec not in after_machine
        }
        self.machine = self._state_machine()
        self._settings["STATE_MACHINE_ARN"] = self.machine.state_machine_arn
        self._functions |= {spec.name: self._function(spec) for spec in after_machine}
        for priority, concurrency in INTAKE_CONCURRENCY.items():
            self._add_intake_queue(priority, concurrency)
        self._add_dispatch(nudges, unheard)
        self._take(purges, taker="purge", concurrency=PURGE_CONCURRENCY, batch=1)
        # The next minute does what this one could not.
        self._call("sweep", SWEEP_EVERY, tries=0, within=Duration.minutes(1))
        self._call("anchor", ANCHOR_DAILY, tries=10, within=Duration.hours(12))
        self._add_ocr_results()
        self._add_fail_rule()
        self._grant_objects()
        self._grant_zones()
        self._grant_keys(backup_key)
        self._grant_stores()
        self._grant_published()
        self._grant_table()
        self._grant_executions()
        self._grant_messages(nudges, purges)
        Backfill(
            self,
            "BackfillRuns",
            deployment=deployment,
            function=self._functions["backfill"],
            dispatch_queue=nudges,
        )
        self._grant_endpoint()
        self._grant_textract()
        self._grant_bedrock()
        if search:
            search.allow(self._functions["index"], makes=True)
            # What a cancelled document left is found by nobody.
            search.allow(self._functions["sweep"], makes=False)
            search.allow(self._functions["purge"], makes=False)
        if deployment.alarms == ON:
            Alarms(
                self,
                "Alarms",
                deployment=deployment,
                machine=self.machine,
                dead_letters=self._dead_letters,
            )
        CfnOutput(self, "StateMachineArn", value=self.machine.state_machine_arn)

    # ------------------------------------------------------------ functions
    def _function(self, spec: FunctionSpec) -> DocumentFunction:
        return DocumentFunction(
            self,
            spec.construct_id,
            deployment=self._deployment,
            spec=spec,
            settings={**self._settings, "ZONE": spec.zone, "LEVEL_KEYS": self._keys_of(spec)},
            layers=self._layers.of(spec),
            # The only function that is called asynchronously, by an EventBridge rule.
            dead_letter_queue=self._fail_dead_letters if spec.folder == "fail" else None,
        )

    # ------------------------------------------------------------ what each function may do
    def _grant_objects(self) -> None:
        """Grant what each function does to the buckets, call by call.

        Whose answer depends on whether an object is there may also list its bucket: without
        s3:ListBucket, S3 answers 403 for a missing key, and a source that is gone or a page that
        was never read would look like a defect of ours.
        """
        at = self._functions
        scans = [name for name in ("ocr_request", "ocr_cpu", "ocr_textract") if name in at]
        places = [f"place_{zone}" for zone in Zone]
        openers = ("intake", "preflight", "extract_text", *scans, "extract", "export", "redact")
        for name in (*openers, *places):
            at[name].on_objects("intake", "GetObject", "GetObjectVersion")
            at[name].on_bucket("intake", "ListBucket", "ListBucketVersions")
        # A foreign drop is copied to a key of ours, where no rule listens; so is what a revision
        # reads again. What is inside a file is an upload like any other.
        for name in ("intake", "restore", "preflight"):
            at[name].on_objects("intake", "PutObject")
        at["restore"].on_objects("intake", "GetObject", "GetObjectVersion")
        at["restore"].on_bucket("intake", "ListBucket", "ListBucketVersions")
        at["restore"].on_objects("vault", "GetObject")
        at["restore"].on_bucket("vault", "ListBucket")
        at["restore"].on_objects("work", "GetObject", "PutObject")
        readers = ("extract_text", *scans, "ocr_result", "mark_unread")
        writers = ("preflight", *readers, "assemble", "extract", "export", "redact", "route")
        for name in (*writers, "classify"):
            at[name].on_objects("work", "GetObject", "PutObject")
        for name in writers:
            at[name].on_bucket("work", "ListBucket")
        for name in ("index", *places):
            at[name].on_objects("work", "GetObject")
        for name in places:
            at[name].on_bucket("work", "ListBucket")
        # A next attempt takes back what an earlier one gave up; a copy that arrived as other bytes
        # is deleted.
        for name in ("extract_text", *scans, "restore"):
            at[name].on_objects("work", "DeleteObject")
        # A copy that arrived as other bytes is deleted. What the endpoint reads and writes there,
        # it does with a role of its own.
        at["ocr_request"].on_objects("ocr", "PutObject", "DeleteObject")
        # An answer that comes after its document has ended is deleted.
        at["ocr_result"].on_objects("ocr", "GetObject", "DeleteObject")
        at["ocr_result"].on_bucket("ocr", "ListBucket")
        for name in ("intake", "restore", "complete"):
            at[name].on_objects("intake", "DeleteObjectVersion")
        # Of an upload that came after its document was cancelled, nobody knows the version.
        self._grant_purge("intake", "sweep", "purge")
        # Versions of the audit trail are never overwritten: the first one of a key counts.
        at["anchor"].on_objects("audit", "PutObject", "GetObject", "GetObjectVersion")
        at["anchor"].on_bucket("audit", "ListBucket", "ListBucketVersions")
        # The one version of an object in these is called "null".
        for purpose in ("work", "ocr"):
            self._grant_purge(purpose, "complete", "sweep", "purge")

    def _grant_zones(self) -> None:
        """Let each zone's function write to its own zone and purge it; none reads what lies there.

        To purge means every version, by DeleteObjects, which asks for s3:DeleteObject whatever it
        deletes.
        """
        for zone in Zone:
            name = f"place_{zone}"
            self._functions[name].on_objects(zone, "PutObject")
            self._grant_purge(zone, name, "sweep", "purge")
        self._functions["place_backup"].on_objects("backup", "PutObjectRetention")
        # The one function that deletes what is locked.
        self._functions["purge"].on_objects("backup", "BypassGovernanceRetention")

    def _grant_purge(self, purpose: str, *names: str) -> None:
        for name in names:
            self._functions[name].on_objects(purpose, "DeleteObject", "DeleteObjectVersion")
            self._functions[name].on_bucket(purpose, "ListBucketVersions")

    def _grant_keys(self, backup_key: kms.IKey) -> None:
        """Let the zones' functions encrypt what they place, and `restore` open it again.

        Statements of the roles and not `key.grant`, which would write the role's name into the
        key's policy and so make the storage stack depend on this one.
        """
        # S3 decrypts a bucket's key to see whether it is whole.
        places = ["kms:Decrypt", "kms:GenerateDataKey"]
        self._functions["place_backup"].allow(places, backup_key.key_arn)
        for level, key in self._level_keys.items():
            self._functions["restore"].allow(["kms:Decrypt"], key.key_arn)
            for zone in _zones_with_keys(level):
                self._functions[f"place_{zone}"].allow(places, key.key_arn)

    def _grant_stores(self) -> None:
        """Let whoever enters a zone at another store read the secret with its key."""
        for store in self._deployment.stores:
            users = [f"place_{store.zone}", "purge", "sweep"]
            if store.zone is Zone.VAULT:
                users.append("restore")
            for name in users if store.secret else ():
                self._functions[name].allow(["secretsmanager:GetSecretValue"], store.secret)

    def _grant_published(self) -> None:
        """Let a purge of the sync zone reach its replica, and what a CDN has of it."""
        published = self._deployment.published
        for function in (self._functions[name] for name in ("place_sync", "purge", "sweep")):
            if bucket := published.replica_bucket:
                arn = f"arn:{Aws.PARTITION}:s3:::{bucket}"
                function.allow(["s3:ListBucketVersions"], arn)
                function.allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], f"{arn}/*")
                acknowledge(
                    function.role,
                    {
                        f"IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/*]": "Object keys "
                        "within one bucket: they hold tenant and document ids."
                    },
                )
            if published.distribution:
                function.allow(
                    ["cloudfront:CreateInvalidation"],
                    f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}"
                    f":distribution/{published.distribution}",
                )

    def _keys_of(self, spec: FunctionSpec) -> str:
        """Return which key a function's zone has for which level, as it is told."""
        return ",".join(
            f"{level}={key.key_arn}"
            for level, key in self._level_keys.items()
            if spec.zone in _zones_with_keys(level)
        )

    def _grant_table(self) -> None:
        table = self.format_arn(
            service="dynamodb", resource="table", resource_name=self._deployment.table
        )
        for name, function in self._functions.items():
            if "TABLE" in SPECS[name].settings and name != "backfill":
                actions = OTHER_ACTIONS.get(name, RECORD_ACTIONS)
                if actions:
                    function.allow([f"dynamodb:{action}" for action in actions], table)
        for name, index in (("sweep", "open"), ("anchor", "by_day")):
            self._functions[name].allow(["dynamodb:Query"], f"{table}/index/{index}")

    def _grant_messages(self, nudges: sqs.Queue, purges: sqs.Queue) -> None:
        for name in ("intake", "sweep", "fail"):
            self._functions[name].allow(["sqs:SendMessage"], nudges.queue_arn)
        for name in ("place_backup", "sweep", "purge"):
            self._functions[name].allow(["sqs:SendMessage"], purges.queue_arn)

    def _grant_executions(self) -> None:
        for starter in ("dispatch", "sweep"):
            self._functions[starter].allow(
                ["states:StartExecution"], self.machine.state_machine_arn
            )
        name = self._deployment.name("document")
        # By its name: the machine needs these functions before it can be made.
        machine = self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        executions = self.format_arn(
            service="states",
            resource="execution",
            resource_name=f"{name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for stopper, actions in STOPPERS.items():
            self._functions[stopper].allow([f"states:{action}" for action in actions], executions)
            acknowledge(
                self._functions[stopper].role,
                {
                    "IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
                    f"execution:{name}:*]": "Executions of one state machine: they are named after "
                    "their documents."
                },
            )
        for name in ("ocr_request", "sweep"):
            self._functions[name].allow(["states:SendTaskSuccess"], machine)
        self._functions["ocr_result"].allow(
            ["states:SendTaskSuccess", "states:SendTaskFailure"], machine
        )

    def _grant_endpoint(self) -> None:
        """Let `ocr_request` ask the endpoint, which may be deployed later or not at all.

        Whether an instance of it runs is one of the things that a lane is chosen by.
        """
        endpoint = self.format_arn(
            service="sagemaker", resource="endpoint", resource_name=self._deployment.name("ocr")
        )
        self._functions["ocr_request"].allow(["sagemaker:InvokeEndpointAsync"], endpoint)
        self._functions["preflight"].allow(["sagemaker:DescribeEndpoint"], endpoint)

    def _grant_textract(self) -> None:
        """Let Textract read scans, and fields where a tenant's policy wants that."""
        if not self._deployment.asks_textract:
            return
        for name, actions in (
            ("ocr_textract", ("DetectDocumentText", "AnalyzeDocument")),
            ("extract", ("AnalyzeExpense", "AnalyzeID", "AnalyzeDocument")),
        ):
            function = self._functions[name]
            function.allow([f"textract:{action}" for action in actions], "*")
            acknowledge(
                function.role,
                {
                    "IAM5[Resource::*]": "Textract's synchronous operations have no permissions "
                    "on the level of a resource."
                },
            )

    def _grant_bedrock(self) -> None:
        """Let `extract` ask the models that the deployment names, and no others."""
        function = self._functions["extract"]
        for model_id in filter(None, self._deployment.bedrock_models.split(",")):
            region, _, model = model_id.partition(".")
            if region not in PROFILES:
                function.allow(["bedrock:InvokeModel"], self._model(Aws.REGION, model_id))
                continue
            # A profile sends a call to the model in one of its regions, for which the caller needs
            # the right as well.
            profile = self.format_arn(
                service="bedrock", resource="inference-profile", resource_name=model_id
            )
            function.allow(["bedrock:InvokeModel"], profile)
            function.allow(["bedrock:InvokeModel"], self._model("*", model))
            acknowledge(
                function.role,
                {
                    f"IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{model}]": (
                        "One model, in whichever of its regions the inference profile chooses."
                    )
                },
            )

    def _model(self, region: str, model: str) -> str:
        return self.format_arn(
            service="bedrock",
            region=region,
            account="",
            resource="foundation-model",
            resource_name=model,
        )

    # ------------------------------------------------------------ state machine
    def _definition(self) -> str:
        """Return the definition with the deadlines of this deployment, and with its lanes only.

        Deadlines are numbers and so cannot be substituted as the functions are: the file, which is
        checked as it stands, holds the defaults.
        """
        definition = json.loads(DEFINITION.read_text())
        _leave_out(
            {
                f"${{{spec.construct_id}}}"
                for name, spec in SPECS.items()
                if name not in self._functions and "STATE_MACHINE_ARN" not in spec.settings
            },
            definition["States"]["ReadPages"]["ItemProcessor"]["States"],
        )
        definition["TimeoutSeconds"] = self._deployment.document_deadline_s + WAITING_S
        reading = definition["States"]["ReadPages"]["ItemProcessor"]["States"]
        reading["ReadScan"]["TimeoutSeconds"] = scan_timeout(
            self._deployment.document_deadline_s, self._deployment.scan_deadline_s
        )
        return json.dumps(definition, indent=2, ensure_ascii=False)

    def _state_machine(self) -> sfn.StateMachine:
        """Return the machine; it may invoke exactly the functions that its definition names."""
        definition = self._definition()
        by_placeholder = {
            SPECS[name].construct_id: function.function
            for name, function in self._functions.items()
        }
        invoked = {
            placeholder: by_placeholder[placeholder].function_arn
            for placeholder in sorted(set(re.findall(r"\$\{(\w+)\}", definition)))
        }
        name = self._deployment.name("document")
        role = iam.Role(
            self, "MachineRole", assumed_by=iam.ServicePrincipal("states.amazonaws.com")
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(invoked.values()))
        )
        acknowledge(
            role,
            {
                "IAM5[Resource::*]": "Delivery of vended logs and X-Ray have no permissions on "
                "the level of a resource."
            },
        )
        return sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            # In the template itself: a change of the walk is then a change of the template.
            definition_body=sfn.DefinitionBody.from_string(definition),
            definition_substitutions=invoked,
            role=role,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "MachineLogs",
                    # A log group outside /aws/vendedlogs/ adds to a resource policy of the
                    # account that ends at 5,120 characters.
                    log_group_name=f"/aws/vendedlogs/states/{name}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=self._deployment.removal_policy,
                ),
                level=sfn.LogLevel.ALL,
                include_execution_data=False,
            ),
        )

    # ------------------------------------------------------------ queues and rules
    def _dead_letter_queue(self, purpose: str) -> sqs.Queue:
        name = f"{purpose}-dlq"
        self._dead_letters[name] = sqs.Queue(
            self,
            f"{_title(purpose)}DeadLetters",
            queue_name=self._deployment.name(name),
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        return self._dead_letters[name]

    def _queue(
        self, purpose: str, *, taker: str, construct_id: str = ""
    ) -> tuple[sqs.Queue, sqs.Queue]:
        """Return a queue whose messages a function takes, and its dead letters."""
        timeout_s = SPECS[taker].timeout_s
        dead_letters = self._dead_letter_queue(purpose)
        queue = sqs.Queue(
            self,
            construct_id or _title(purpose),
            queue_name=self._deployment.name(purpose),
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            # Lambda's advice: six times the function's time-out, so that a batch which is
            # throttled and tried again is not handed out twice.
            visibility_timeout=Duration.seconds(6 * timeout_s),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
        )
        return queue, dead_letters

    def _take(self, queue: sqs.Queue, *, taker: str, concurrency: int, batch: int = 10) -> None:
        """Hand a queue's messages to a function in batches."""
        self._functions[taker].function.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=batch,
                report_batch_item_failures=True,
                max_concurrency=concurrency,
            )
        )

    def _add_intake_queue(self, priority: str, concurrency: int) -> None:
        """Add the way of one priority: rule, queue, dead letters, event source.

        Where GuardDuty scans, an upload is taken in by its verdict and by nothing before it.
        """
        purpose = f"intake-{priority}"
        queue, dead_letters = self._queue(purpose, taker="intake")
        self._take(queue, taker="intake", concurrency=concurrency)
        bucket, key = [self._deployment.bucket("intake")], [{"prefix": f"{priority}/"}]
        pattern = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": bucket}, "object": {"key": key}},
        )
        if self._deployment.malware == GUARDDUTY:
            pattern = events.EventPattern(
                source=["aws.guardduty"],
                detail_type=["GuardDuty Malware Protection Object Scan Result"],
                detail={"s3ObjectDetails": {"bucketName": bucket, "objectKey": key}},
            )
        events.Rule(
            self,
            f"{_title(purpose)}Rule",
            rule_name=self._deployment.name(purpose),
            event_pattern=pattern,
            targets=[targets.SqsQueue(queue, dead_letter_queue=dead_letters)],
        )

    def _add_dispatch(self, nudges: sqs.Queue, dead_letters: sqs.Queue) -> None:
        """Wake `dispatch` by every nudge, and by every execution that gives its slot back."""
        self._take(nudges, taker="dispatch", concurrency=DISPATCH_CONCURRENCY)
        events.Rule(
            self,
            "DispatchRule",
            rule_name=self._deployment.name("dispatch"),
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.machine.state_machine_arn],
                    "status": list(ENDS),
                },
            ),
            targets=[
                targets.SqsQueue(
                    nudges,
                    dead_letter_queue=dead_letters,
                    # `dispatch` reads the table, and not what it was woken by.
                    message=events.RuleTargetInput.from_object(NUDGE),
                )
            ],
        )

    def _call(self, name: str, when: str, *, tries: int, within: Duration) -> None:
        """Call a function by the clock, which is UTC's."""
        title = SPECS[name].construct_id
        role = iam.Role(
            self,
            f"{title}ScheduleRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            ),
        )
        function = self._functions[name].function
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn]
            )
        )
        schedule = scheduler.CfnSchedule(
            self,
            f"{title}Schedule",
            name=self._deployment.name(SPECS[name].purpose),
            schedule_expression=when,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                input="{}",
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=within.to_seconds(), maximum_retry_attempts=tries
                ),
            ),
        )
        schedule.node.add_dependency(role)

    def _add_ocr_results(self) -> None:
        """Bring what SageMaker says of a shard to `ocr_result`.

        The topics are here and not beside the endpoint: an endpoint may come and go, and the
        embedded AWS, which deploys none, has them too.
        """
        queue, dead_letters = self._queue("ocr-results", taker="ocr_result")
        self._take(queue, taker="ocr_result", concurrency=RESULTS_CONCURRENCY)
        for outcome in ("success", "error"):
            purpose = f"ocr-{outcome}"
            topic = sns.Topic(
                self,
                _title(purpose),
                topic_name=self._deployment.name(purpose),
                enforce_ssl=True,
            )
            topic.add_subscription(
                subscriptions.SqsSubscription(
                    queue, raw_message_delivery=True, dead_letter_queue=dead_letters
                )
            )

    def _add_fail_rule(self) -> None:
        """Bring what no Catch sees to `fail`: runtime errors, time-outs, aborts."""
        events.Rule(
            self,
            "FailRule",
            rule_name=self._deployment.name("fail"),
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.machine.state_machine_arn],
                    "status": list(UNSEEN_ENDS),
                },
            ),
            targets=[
                targets.LambdaFunction(
                    self._functions["fail"].function,
                    dead_letter_queue=self._fail_dead_letters,
                    retry_attempts=10,
                    max_event_age=Duration.hours(2),
                )
            ],
        )


def _zones_with_keys(level: Level) -> tuple[Zone, ...]:
    """Return the zones in which a level's documents lie under its key; the backup has its own."""
    open_to_sync = level in {Level.INTERNAL, Level.PUBLIC}
    return (Zone.VAULT, Zone.SYNC) if open_to_sync else (Zone.VAULT,)


def _title(purpose: str) -> str:
    return "".join(word.title() for word in purpose.split("-"))


def _leave_out(functions: set[str], states: dict[str, Any]) -> None:
    """Take out the states of functions that are not deployed, and the ways that lead there."""
    gone = [
        name
        for name, state in states.items()
        if state["Type"] == "Task" and state["Arguments"]["FunctionName"] in functions
    ]
    for name in gone:
        del states[name]
    for state in states.values():
        if state["Type"] == "Choice":
            state["Choices"] = [rule for rule in state["Choices"] if rule["Next"] not in gone]
