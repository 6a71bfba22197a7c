"""Every change of a DynamoDB item is in the journal before its request is answered."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb

from docparser_local.bridge.journal import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser_local.bridge.journal import Journal, Row

_STORES = (
    "tags",
    "ttl_settings",
    "pitr_settings",
    "kinesis_destinations",
    "contributor_insights",
    "backups",
    "resource_policies",
    "exports",
    "imports",
)
# Several items at once: all of them or, after a crash, none.
_TOGETHER = ("_transact_write_items", "_batch_write_item", "_execute_transaction")
_ITEMS = "items"
_COUNTS = ("ItemCount", "TableSizeBytes")


def apply(rows: list[Row], state: dict[str, Any]) -> None:
    """Bring a snapshot of the service up to date with the journal."""
    changed = {}
    for row in rows:
        arn = (row.get("item") or row["table"])[0]
        table = state["tables"]._data.get(_key(arn))
        if table is None:  # deleted since
            continue
        changed[arn] = table
        if "table" in row:
            table[_ITEMS] = row["table"][1]
            continue
        _, partition, sort, item = row["item"]
        if item is not None:
            table[_ITEMS].setdefault(partition, {})[sort] = item
        elif partition in table[_ITEMS]:
            table[_ITEMS][partition].pop(sort, None)
            if not table[_ITEMS][partition]:
                del table[_ITEMS][partition]
    for table in changed.values():
        dynamodb._update_counts(table)


def definitions() -> dict[str, Any]:
    """Return everything but the items."""
    return _state(with_items=False)


def install(journal: Journal, rows: list[Row]) -> None:
    """Write the changes, and read those of the journal when the service's snapshot is loaded."""
    rows = of_kind(rows, "item", "table")
    restore = dynamodb.load_persisted_state
    set_item, remove_item = dynamodb._set_item, dynamodb._remove_item
    replaced = dynamodb._items_replaced

    def load(state: dict[str, Any]) -> None:
        apply(rows, state)
        rows.clear()
        restore(state)

    def set_journalled(table: Any, partition: Any, sort: Any, item: Any) -> Any:
        with journal as change:
            old = set_item(table, partition, sort, item)
            change.append({"item": [table["TableArn"], partition, sort, item]})
        return old

    def remove_journalled(table: Any, partition: Any, sort: Any) -> Any:
        with journal as change:
            old = remove_item(table, partition, sort)
            if old is not None:
                change.append({"item": [table["TableArn"], partition, sort, None]})
        return old

    def replaced_journalled(table: Any) -> None:
        with journal as change:
            replaced(table)
            change.append({"table": [table["TableArn"], table[_ITEMS]]})

    dynamodb.load_persisted_state = load
    dynamodb._set_item = set_journalled
    dynamodb._remove_item = remove_journalled
    dynamodb._items_replaced = replaced_journalled
    dynamodb.get_state = lambda: _state(with_items=True)
    for name in _TOGETHER:
        setattr(dynamodb, name, _together(journal, getattr(dynamodb, name)))


def _together(journal: Journal, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(data: Any) -> Any:
        with journal:
            return handler(data)

    return handle


def _key(arn: str) -> tuple[str, str, str]:
    _, _, _, region, account, resource = arn.split(":", 5)
    return account, region, resource.partition("/")[2]


def _state(*, with_items: bool) -> dict[str, Any]:
    """Copy the service's state; ministack's own copies every item, attribute by attribute.

    Items are replaced and never changed, so that one level is enough; ``list`` and ``dict`` of a
    dict are one step of the interpreter, during which no request changes it.
    """
    left_out = {_ITEMS, dynamodb._INDEX_MEMBERS, *_COUNTS}
    tables = AccountRegionScopedDict()
    for key, table in dynamodb._tables.all_items():
        fields = {name: value for name, value in list(table.items()) if name not in left_out}
        row = copy.deepcopy(fields)
        if with_items:
            row |= {name: table[name] for name in _COUNTS if name in table}
            items = list(table[_ITEMS].items())
            row[_ITEMS] = {partition: dict(sorts) for partition, sorts in items}
        tables._data[key] = row
    stores = {name: copy.deepcopy(getattr(dynamodb, f"_{name}")) for name in _STORES}
    return {"tables": tables, **stores}
