"""Embedded Metric Format: log lines that carry metrics become CloudWatch metrics."""

from __future__ import annotations

import json
import logging
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region

if TYPE_CHECKING:
    from docparser_local.bridge.clients import ClientPool

LOG = logging.getLogger(__name__)


def parse(line: str) -> dict[str, list[dict[str, Any]]]:
    """Return ``{namespace: [metric datum]}`` for one log line; empty if it is not EMF."""
    if '"CloudWatchMetrics"' not in line:
        return {}
    try:
        record = json.loads(line[line.index("{") :])
        directives = record["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return {}
    metrics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for directive in directives:
        metrics[directive["Namespace"]].extend(_data(record, directive))
    return dict(metrics)


def _data(record: dict[str, Any], directive: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _datum(record, metric, names)
        for metric in directive["Metrics"]
        for names in directive.get("Dimensions") or [[]]
    ]


def _datum(record: dict[str, Any], metric: dict[str, Any], names: list[str]) -> dict[str, Any]:
    values = record.get(metric["Name"], [])
    return {
        "MetricName": metric["Name"],
        "Unit": metric.get("Unit", "None"),
        "Values": [float(v) for v in (values if isinstance(values, list) else [values])],
        "Dimensions": [{"Name": name, "Value": str(record[name])} for name in names],
    }


class Publisher:
    """Publishes EMF lines in the background, so an invocation never waits for it."""

    def __init__(self, pool: ClientPool) -> None:
        self._pool = pool

    def publish(self, lines: list[str]) -> None:
        """Send the metrics found in ``lines`` to the account and region of this request."""
        batches = [parsed for line in lines if (parsed := parse(line))]
        if batches:
            args = (batches, get_region(), get_account_id())
            threading.Thread(target=self._send, args=args, daemon=True).start()

    def _send(self, batches: list[dict[str, Any]], region: str, account: str) -> None:
        client = self._pool.get("cloudwatch", region, account)
        for batch in batches:
            for namespace, data in batch.items():
                try:
                    client.put_metric_data(Namespace=namespace, MetricData=data)
                except Exception:
                    LOG.exception("could not publish EMF metrics for %s", namespace)
