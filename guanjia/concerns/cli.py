"""`guanjia concerns route [FILE]`, `guanjia concerns train`: the routing table tried; the suggestions taught."""

from pathlib import Path

from guanjia.concerns.intake import dry_run, views_routing
from guanjia.concerns.likeness import training
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.rules import brand as brands
from guanjia.concerns.rules import routing
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


def train(words: list[str]) -> int:
    """Teach the suggestions anew from the city's closed matters; say how they fare. Raises TooFew."""
    options(
        "concerns train", word("按本市办结的诉求重新学分类建议，留出五分之一来测。")
    ).parse_args(words)
    known = the_brand()
    wanted = frozenset(c.code for c in known.categories.values() if c.suggest)
    with scope.hold(scope.job("train", known.city, clock.today())):
        told = training.closed(wanted)
    made = training.train(told, known.city, clock.now())
    print(
        word(
            "学了 {count} 件；留出 {held_out} 件来测，{right} 件分得一样。",
            count=f"{made.trained_on:,}",
            held_out=made.held_out,
            right=made.right,
        )
    )
    for code, one in made.tested.items():
        print(f"  {known.categories[code]}  {one.right}/{one.held_out}")
    if made.synthetic:
        print(
            word("其中 {count} 件是演示编出来的：这些数说明不了真实的诉求。", count=made.synthetic)
        )
    return 0
