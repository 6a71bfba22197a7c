"""What a person should hear of: a zone that is away, messages that nobody could deal with, defects.

CloudWatch gives ten alarms to an account and takes $0.10 a month for each further one; the metrics
of queues and machines are free, those of the product cost $0.30 a month in which they are sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct
from docparser.model import WaitingFor, Zone
from docparser.observability import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_stepfunctions as sfn

    from infra.deployment import Deployment

PERIOD = Duration.minutes(5)


class Alarms(Construct):
    """One alarm for each; each rings as soon as there is one, and is silent where nothing comes.

    Nobody is told unless the context names a topic: an alarm's state is seen in CloudWatch.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        machine: sfn.StateMachine,
        dead_letters: Mapping[str, sqs.Queue],
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._topic = (
            sns.Topic.from_topic_arn(self, "Topic", deployment.alarm_topic)
            if deployment.alarm_topic
            else None
        )
        for zone in Zone:
            self._add(
                f"zone-away-{zone}",
                "A zone could not be reached; documents that belong there wait.",
                self._own("ZoneAway", zone=zone),
            )
        # A function that hangs in a mount says nothing of its zone; its document is parked as well.
        self._add(
            "waiting-for-zone",
            "Documents wait for a zone.",
            self._own("Parked", waiting_for=WaitingFor.ZONE),
        )
        for purpose, queue in dead_letters.items():
            self._add(
                purpose,
                "Messages were given up; see `docparser dlq`.",
                queue.metric_approximate_number_of_messages_visible(
                    period=PERIOD, statistic="Maximum"
                ),
            )
        self._add(
            "executions-failed",
            "Documents failed for a reason of ours.",
            machine.metric_failed(period=PERIOD, statistic="Sum"),
        )

    def _own(self, name: str, **dimension: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"env": self._deployment.env, **dimension},
            period=PERIOD,
            statistic="Sum",
        )

    def _add(self, purpose: str, description: str, metric: cloudwatch.IMetric) -> None:
        alarm = cloudwatch.Alarm(
            self,
            purpose.title().replace("-", ""),
            alarm_name=self._deployment.name(purpose),
            alarm_description=description,
            metric=metric,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._topic:
            alarm.add_alarm_action(actions.SnsAction(self._topic))
