"""A table as Parquet: days are days, amounts decimals, and both languages' titles stand in the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from jiannuo.tables import Column, Kind, Table
from jiannuo.tables.writing import text

if TYPE_CHECKING:
    import pyarrow

# Kinds that keep their type; all others are text.
TYPED = (Kind.DAY, Kind.AMOUNT, Kind.WHOLE, Kind.YES_NO)


class Writer:
    """Writes rows by the piece, in constant memory; the same rows in the same pieces give the same bytes."""

    def __init__(self, path: Path, table: Table) -> None:
        from pyarrow import parquet

        self._table = table
        self._schema = schema(table)
        self._file = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        import pyarrow

        arrays = [
            pyarrow.array([_value(column, row.get(column.name)) for row in rows], self._schema.field(column.name).type)
            for column in self._table.columns
        ]
        self._file.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))


def schema(table: Table) -> pyarrow.Schema:
    import pyarrow

    types = {
        Kind.DAY: pyarrow.date32(),
        Kind.AMOUNT: pyarrow.decimal128(18, 2),
        Kind.WHOLE: pyarrow.int64(),
        Kind.YES_NO: pyarrow.bool_(),
    }
    fields = [
        pyarrow.field(
            column.name,
            types.get(column.kind, pyarrow.string()),
            metadata={
                "title_zh": column.title.zh,
                "title_en": column.title.en,
                "about_zh": column.about.zh,
                "about_en": column.about.en,
            },
        )
        for column in table.columns
    ]
    return pyarrow.schema(fields, metadata={"title_zh": table.title.zh, "title_en": table.title.en})


def _value(column: Column, value: Any) -> Any:
    if value is None or value == "" or column.kind in TYPED:
        return None if value == "" else value
    return text(column, value)
