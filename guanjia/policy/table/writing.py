"""Writing a city's results as one Parquet table, a row a unit and benefit, under the file's own keys."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from guanjia.policy.book import Book
from guanjia.policy.city.deciding import Decided, Results
from guanjia.policy.city.layout import Told
from guanjia.policy.city.reading import rows

BATCH = 200_000
FIELDS = (
    ("benefit", pa.string()),
    ("entitled", pa.bool_()),
    ("gross", pa.int64()),
    ("net", pa.int64()),
    ("reasons", pa.int64()),
)


def write(
    con: duckdb.DuckDBPyConnection,
    book: Book,
    results: Results,
    file: Path,
    told: Told = lambda _done, _total: None,
) -> int:
    """Write all results into `file`, zstd; returns how many rows.

    `person` is NULL where the benefit is the household's. Amounts in fen a period; NULL is unknown.
    Month, city and revision of the book stand in the file's own metadata. The connection holds
    `names` and `roster`, as taking filled them.
    """
    keys = [(name, _key(con, asked)) for name, asked in KEYS.items()]
    about = {"month": f"{results.month:%Y-%m}", "revision": results.revision, "city": book.city}
    schema = pa.schema([*keys, *FIELDS], metadata=about)
    total, done, count = sum(t.households for t in results.tables), 0, 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in results.tables:
            _name(con, results, table)
            text = rows(book, replace(results, tables=(table,)))
            for batch in con.sql(NAMED.format(rows=text)).to_arrow_reader(BATCH):
                writer.write_batch(batch.cast(schema))
                count += batch.num_rows
            done += table.households
            told(done, total)
    return count


KEYS = {
    "household": "SELECT name FROM names LIMIT 0",
    "person": "SELECT person FROM roster LIMIT 0",
}
NAMED = """
SELECT name AS household, person, benefit, entitled, gross, net, reasons
FROM ({rows}) r JOIN mine ON mine.home = r.household AND mine.unit = r.unit
"""


def _key(con: duckdb.DuckDBPyConnection, asked: str) -> pa.DataType:
    """The type of a key: as in the file that was taken in."""
    return con.sql(asked).to_arrow_table().schema.field(0).type


def _name(con: duckdb.DuckDBPyConnection, results: Results, table: Decided) -> None:
    """`mine`: who the units of one table are, the household itself among them."""
    source = results.source(table)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE mine AS
        WITH here AS (SELECT home, name FROM names SEMI JOIN {source} s ON s.household = home)
        SELECT home, name, unit, person FROM roster JOIN here USING (home)
        UNION ALL SELECT home, name, -1, NULL FROM here"""
    )
