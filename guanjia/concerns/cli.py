"""`guanjia concerns route [FILE]`: the routing table, what is wrong with it, and a dry run over last year's matters."""

from pathlib import Path

from guanjia.concerns import brand as brands
from guanjia.concerns import dry_run, routing, views_routing
from guanjia.concerns.views_ask import the_brand
from guanjia.kit import clock, scope
from guanjia.policy.options import options
from guanjia.policy.words import word


def route(words: list[str]) -> int:
    """Print the table with its flaws and the dry run; 1 where rows are in conflict."""
    parser = options("concerns route", word("看派单表有没有毛病，用去年的诉求试派一遍；不保存。"))
    parser.add_argument(
        *("file",),
        nargs="?",
        type=Path,
        metavar=word("文件"),
        help=word("要试的派单表（TOML）；不写就看现行的表"),
    )
    asked = parser.parse_args(words)
    known, at = the_brand(), clock.now()
    table = known.table
    if asked.file is not None:
        table = routing.read_text(asked.file.read_text(encoding="utf-8"))
        brands.refuse_unknown(table, known)
    with scope.hold(scope.job("route", known.city, clock.today())):
        shown = views_routing.described(table, known, clock.today())
        run = dry_run.tried(table, at - views_routing.YEAR, at)
    _print(shown)
    print(
        word(
            "试派：去年 {read} 件，会派到别处的 {moved} 件。",
            read=f"{run.read:,}",
            moved=f"{run.moved:,}",
        )
    )
    for way, count in run.ways.most_common(20):
        name = known.categories.get(way.category, way.category)
        levels = views_routing.LEVELS
        print(f"  {count:>6,}  {name}  {levels[way.was]} → {levels[way.goes]}")
    return int(bool(shown["conflicts"]))


def _print(shown: dict[str, object]) -> None:
    rows: list[views_routing.RowShown] = shown["rows"]  # type: ignore[assignment]
    marks = {"conflict": word("冲突"), "unreachable": word("用不到"), "over": word("已过期")}
    for row in rows:
        parts = (row.what, row.place, row.when, f"→ {row.desk}", row.department)
        says = "  ".join(p for p in parts if p)
        print(f"{row.number:>3}  {says}{'  !! ' + marks[row.stands] if row.stands else ''}")
    print(word("兜底  → {desk}", desk=shown["fallback"]))
    for text in shown["conflicts"]:  # type: ignore[attr-defined]
        print(text)
