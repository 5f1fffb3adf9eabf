"""How a concern goes: every move, who may make it, what it needs, which promise it keeps."""

from guanjia.cases.workflow import (
    ACCEPT,
    ANSWERED,
    BACKSTOP,
    CHIEF,
    CLOSED,
    CONTACT,
    DESK,
    FINISH,
    HANDLING,
    NEW,
    NOTE,
    PAUSED,
    REASON,
    RECEIVED,
    RESIDENT,
    TO_CASE,
    TO_DESK,
    UNTIL,
    VISIT,
    Move,
    Workflow,
)

OPEN_ONES = frozenset({RECEIVED, HANDLING})
ALL_MET = (ACCEPT, CONTACT, FINISH)

# 合理 or not: said with a reason from here; what was found unreasonable is answered all the same.
FAIR = ("fair_facts", "fair_policy", "fair_hardship", "fair_public")
UNFAIR = ("unfair_facts", "unfair_law", "unfair_others", "unfair_repeat")
JUDGE = "judge"

CONCERN = Workflow(
    "concern",
    (
        Move("open", frozenset({NEW}), RECEIVED, frozenset({RESIDENT, DESK}), starts=(ACCEPT,)),
        Move("accept", frozenset({RECEIVED}), HANDLING, meets=(ACCEPT,), starts=(CONTACT, FINISH)),
        Move("contact", frozenset({HANDLING}), needs=(NOTE,), meets=(CONTACT,)),
        Move(
            *("answer", frozenset({HANDLING}), ANSWERED),
            needs=(NOTE,),
            meets=ALL_MET,
            starts=(VISIT,),
            answers=True,
        ),
        Move("transfer", OPEN_ONES, RECEIVED, needs=(TO_DESK, NOTE)),
        Move(
            *("return", frozenset({RECEIVED}), RECEIVED),
            needs=(REASON, NOTE),
            reasons=("not_our_place", "not_our_duty", "needs_higher_level"),
        ),
        Move(
            *("assign", frozenset({RECEIVED}), RECEIVED, frozenset({BACKSTOP})),
            needs=(TO_DESK, NOTE),
        ),
        Move(
            *("decline", OPEN_ONES, ANSWERED),
            needs=(REASON, NOTE),
            meets=ALL_MET,
            starts=(VISIT,),
            answers=True,
            reasons=("legal_remedy", "outside_duty", "repeated", "against_policy"),
        ),
        Move(*(JUDGE, frozenset({HANDLING})), needs=(REASON, NOTE), reasons=(*FAIR, *UNFAIR)),
        Move(
            *("pause", frozenset({HANDLING}), PAUSED),
            needs=(REASON, NOTE, UNTIL),
            reasons=("waits_for_asker", "waits_for_other_office", "waits_for_survey"),
        ),
        Move("resume", frozenset({PAUSED}), HANDLING),
        Move("merge", OPEN_ONES, needs=(TO_CASE, NOTE)),
        Move("split", OPEN_ONES | {PAUSED}, needs=(NOTE,)),
        Move(
            *("extend", frozenset({HANDLING})),
            who=frozenset({CHIEF}),
            needs=(REASON, NOTE, UNTIL),
            reasons=("complex", "several_offices", "outside_cause"),
        ),
        Move(
            *("close", frozenset({ANSWERED}), CLOSED),
            needs=(REASON, NOTE),
            meets=(VISIT,),
            reasons=("visited_satisfied", "visited_unsatisfied", "unreached"),
        ),
        Move(
            *("rate", frozenset({ANSWERED, CLOSED}), CLOSED, frozenset({RESIDENT})), meets=(VISIT,)
        ),
        Move(
            *("reopen", frozenset({ANSWERED, CLOSED}), RECEIVED, frozenset({RESIDENT, DESK})),
            needs=(NOTE,),
            meets=(VISIT,),
            starts=(ACCEPT,),
        ),
    ),
)
