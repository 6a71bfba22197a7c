"""Logs and metrics: ids, counts and codes; never text, names or a library's message.

Logs are JSON lines of Powertools' Logger with the fields that CONTRACTS.md lists. Metrics are
lines in CloudWatch's embedded metric format, one dimension each besides ``env``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

if TYPE_CHECKING:
    from .model import Ref

NAMESPACE = "Docparser"

FIELDS = frozenset(
    {
        "tenant",
        "document_id",
        "revision",
        "attempt",
        "stage",
        "shard_id",
        "page",
        "lane",
        "code",
        "count",
        "bytes",
        "seconds",
        "request_id",
        "inference_id",
        "error_type",
        "frames",
    }
)
"""Everything a log line may say besides its fixed message."""

_CALLER = 3  # frames from the logging module to whoever called `log`

# The log group names the function. POWERTOOLS_SERVICE_NAME is not set on purpose: it would become
# a dimension of every metric.
_logger = Logger(service="docparser")


def bind(request_id: str, ref: Ref | None, **fields: str) -> None:
    """Start an invocation's log: every later line carries these fields."""
    known = {} if ref is None else ref.model_dump(mode="json")
    _logger.clear_state()
    _logger.append_keys(request_id=request_id, **known, **_checked(fields))


def log(message: str, **fields: Any) -> None:
    """Write a line; the message is a constant, what varies goes into the fields."""
    _logger.info(message, extra=_checked(fields), stacklevel=_CALLER)


def log_error(message: str, **fields: Any) -> None:
    """Write a line that a person should see."""
    _logger.error(message, extra=_checked(fields), stacklevel=_CALLER)


def count(name: str, value: float = 1, **dimension: str) -> None:
    """Emit a metric counted in pieces, with at most one dimension besides ``env``."""
    _emit(name, MetricUnit.Count, value, dimension)


def seconds(name: str, value: float, **dimension: str) -> None:
    """Emit a metric measured in seconds, with at most one dimension besides ``env``."""
    _emit(name, MetricUnit.Seconds, value, dimension)


def _emit(name: str, unit: MetricUnit, value: float, dimension: dict[str, str]) -> None:
    env = {"env": os.environ.get("DOCPARSER_ENV", "local")}
    with single_metric(
        name=name, unit=unit, value=value, namespace=NAMESPACE, default_dimensions=env
    ) as metric:
        for key, label in dimension.items():
            metric.add_dimension(name=key, value=label)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"not a field of our logs: {sorted(unknown)}")
    return fields
