"""What one benefit does to another, for every household of a table at once."""

from guanjia.policy.book import Relation
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import City, Verdict
from guanjia.policy.city.terms import Term
from guanjia.policy.family import HOUSEHOLD


def settle(city: City) -> City:
    """Apply the relations in their order: the nets of a city that has decided its chapters."""
    for relation in city.book.relations:
        if relation.kind != "compatible" and relation.holds(city.month):
            relate(city, relation)
    return city


def relate(city: City, relation: Relation) -> None:
    """New nets of the taker (and of a giver who has the lower amount)."""
    decided = {c.code: c for c in city.chapters}
    if relation.giver in decided and relation.taker in decided:
        for unit in city.units(decided[relation.taker]):
            of = HOUSEHOLD if decided[relation.giver].unit == "household" else unit
            _reduce(city, relation, (relation.taker, unit), (relation.giver, of))


def _reduce(city: City, relation: Relation, taker: tuple[str, int], giver: tuple[str, int]) -> None:
    """One taker's net after the relation, as decide.py works it out."""
    mine, its = city.verdicts[taker], city.verdicts[giver]
    held = city.holds(giver)
    chosen = _choice(city, relation, taker[1])
    nets = t.compared("==", mine.net, t.literal(0))
    never = (held.value is False, its.entitled.value is False, chosen.value is False)
    if any(never) or mine.entitled.value in (False, None) or nets.value is True:
        return
    name = city.sheet.column
    same = name(_untouched(mine, its, held, chosen))
    unsure = " OR ".join(
        f"{term.sql} IS NULL" for term in (its.entitled, chosen, mine.net, its.net)
    )
    net, share = mine.net.sql, _share(city, its.net, taker[1], giver[1])
    after = {
        "exclude": "0",
        "top_up": f"CASE WHEN {net} > {share} THEN {net} - {share} ELSE 0 END",
        "higher_only": f"CASE WHEN {share} >= {net} THEN 0 ELSE {net} END",
    }[relation.kind]
    read = [same, its.entitled, chosen, mine.net, its.net]
    text = f"CASE WHEN {same.sql} THEN {net} WHEN {unsure} THEN NULL ELSE {after} END"
    _replace(city, taker, name(t.made(text, read, True)))
    ours = city.holds(taker)
    if relation.kind == "higher_only" and ours.value is not False:
        lost = f"NOT {same.sql} AND NOT ({unsure}) AND {share} < {net} AND {ours.sql}"
        text = f"CASE WHEN {lost} THEN 0 ELSE {its.net.sql} END"
        _replace(city, giver, name(t.made(text, [*read, ours], True)))


def _untouched(mine: Verdict, its: Verdict, held: Term, chosen: Term) -> Term:
    """Where the relation has nothing to say: yes or no, never unknown."""
    text = (
        f"({mine.entitled.sql} IS NOT TRUE OR NOT {held.sql} OR {its.entitled.sql} IS FALSE "
        f"OR {chosen.sql} IS FALSE OR coalesce({mine.net.sql} = 0, FALSE))"
    )
    return t.made(text, [mine.entitled, held, its.entitled, chosen, mine.net], False)


def _share(city: City, net: Term, unit: int, of: int) -> str:
    """The member's share of the household's amount, to the fen."""
    if of == unit:
        return net.sql
    size, sign = city.shape.size, "//" if city.dialect == "duckdb" else "div"
    extra = f"CASE WHEN {unit} < {net.sql} % {size} THEN 1 ELSE 0 END"
    return f"(({net.sql} {sign} {size}) + {extra})"


def _choice(city: City, relation: Relation, unit: int) -> Term:
    """Whether the person chose the giver; yes where there is no choice."""
    if not relation.chosen_by:
        return t.YES
    fact = city.book.facts.find(relation.chosen_by)
    assert fact is not None  # the loader saw to it
    told = city.fact_of(fact, unit if fact.of == "person" else HOUSEHOLD, 0)
    return city.sheet.column(t.compared("==", told, t.literal(relation.giver)))


def _replace(city: City, key: tuple[str, int], net: Term) -> None:
    old = city.verdicts[key]
    city.verdicts[key] = Verdict(old.entitled, old.conditions, old.gross, net)
