"""Tables of a document: joined over its pages, typed, and reconciled with what it states."""

from .found import RowSink, TablesFound, TableSink
from .reader import TableReader

__all__ = ["RowSink", "TableReader", "TableSink", "TablesFound"]
