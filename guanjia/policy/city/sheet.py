"""A statement as a chain of steps: each reads the columns of those before and adds its own."""

from collections.abc import Mapping

from guanjia.policy.city.terms import VARIES, Term


class Sheet:
    """Columns by the step that makes them. The same text is one column, however often it is asked for."""

    def __init__(self) -> None:
        self._steps: list[dict[str, Term]] = []
        self._known: dict[str, Term] = {}

    def column(self, term: Term) -> Term:
        """The term as a column of its own, so that it may be read twice and is worked out once."""
        if term.plain:
            return term
        found = self._known.get(term.sql)
        if found is None:
            while len(self._steps) <= term.level:
                self._steps.append({})
            name = f"c{len(self._known)}"
            self._steps[term.level][name] = term
            reads = frozenset((name,))
            found = Term(name, VARIES, term.nullable, term.level + 1, reads, plain=True)
            self._known[term.sql] = found
        return found

    def statement(self, source: str, wanted: Mapping[str, Term], grouped: str = "") -> str:
        """SELECT what is wanted, under these names, through the steps that it needs."""
        last = max((term.level for term in wanted.values()), default=0)
        need = frozenset[str]().union(*(term.reads for term in wanted.values()))
        steps: list[str] = []
        for level in range(last - 1, -1, -1):
            mine = {name: term for name, term in self._steps[level].items() if name in need}
            carried = sorted(need - mine.keys())
            body = ", ".join([*carried, *(f"{term.sql} AS {name}" for name, term in mine.items())])
            steps.append(
                f"SELECT {body or '1 AS nothing'} FROM {f's{level - 1}' if level else source}"
            )
            need = need.union(*(term.reads for term in mine.values())) - mine.keys()
        chain = ",\n".join(f"s{k} AS ({text})" for k, text in enumerate(reversed(steps)))
        picked = ", ".join(f"{term.sql} AS {name}" for name, term in wanted.items())
        read = f"SELECT {picked} FROM {f's{last - 1}' if last else source}{grouped}"
        return f"WITH {chain}\n{read}" if chain else read
