"""The tables of an e-invoice, handed on as those of pages are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import DocumentTable

if TYPE_CHECKING:
    from docparser.extract.tables.found import TableSink

    from .invoice import EInvoice


def write(invoice: EInvoice, sink: TableSink, *, begin: int = 1) -> tuple[DocumentTable, ...]:
    """Hand the tables of an e-invoice on and return them.

    Parameters
    ----------
    invoice
        What the XML says.
    sink
        Takes the rows.
    begin
        The number of the first table's id: ``t0001`` is 1.
    """
    told = []
    for number, table in enumerate(invoice.tables, begin):
        name = f"t{number:04d}"
        rows = sink.begin(name, table.columns)
        for row in table.rows:
            rows.row(row)
        told.append(
            DocumentTable(
                id=name,
                role=table.role,
                columns=table.columns,
                rows=len(table.rows),
                first_page=1,
                last_page=1,
            )
        )
        rows.end(told[-1])
    return tuple(told)
