"""Embedded Metric Format: log lines that carry metrics become CloudWatch metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch

if TYPE_CHECKING:
    from collections.abc import Iterator


def publish(lines: list[str]) -> None:
    """Record the metrics found in log lines, in the account and region of this invocation."""
    for line in lines:
        if '"CloudWatchMetrics"' in line:
            for metric in metrics(line):
                cloudwatch.record_metric(**metric)


def metrics(line: str) -> Iterator[dict[str, Any]]:
    """Yield one record per value and set of dimensions; nothing if the line is not EMF."""
    try:
        record = json.loads(line[line.index("{") :])
        directives = record["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for metric in directive["Metrics"]:
            values = record.get(metric["Name"], [])
            for names in directive.get("Dimensions") or [[]]:
                for value in values if isinstance(values, list) else [values]:
                    yield {
                        "namespace": directive["Namespace"],
                        "metric_name": metric["Name"],
                        "value": float(value),
                        "unit": metric.get("Unit", "None"),
                        "dimensions": {name: str(record[name]) for name in names},
                    }
