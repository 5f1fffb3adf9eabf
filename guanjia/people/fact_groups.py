"""Which facts belong together on a page, in the order of a home visit."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

GROUPS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    (
        "family",
        gettext_lazy("户籍与家庭"),
        (
            *("hukou", "alive", "relation", "marital", "in_family"),
            *("not_counted_because", "supporters"),
        ),
    ),
    (
        "income",
        gettext_lazy("收入（按月）"),
        (
            *("wages", "work_costs", "business", "property_income", "transfers_in"),
            *("transfers_out", "basic_pension", "preferential", "scholarship", "assistance"),
        ),
    ),
    (
        "spending",
        gettext_lazy("刚性支出（按月）"),
        ("medical_own", "education_own", "rehabilitation_own", "living_own", "other_rigid"),
    ),
    (
        "property",
        gettext_lazy("财产"),
        (
            *("deposits", "securities", "internet_finance", "commercial_insurance"),
            *("claims", "vehicles", "houses", "other_real_estate"),
        ),
    ),
    (
        "health",
        gettext_lazy("残疾、疾病与劳动能力"),
        (
            *("disability_kind", "disability_level", "serious_illness", "able_to_work"),
            *("refused_jobs", "injury_nursing", "same_kind_living", "same_kind_care"),
        ),
    ),
    (
        "self_care",
        gettext_lazy("生活自理（六项）"),
        (
            *("eats_alone", "dresses_alone", "leaves_bed_alone", "uses_toilet_alone"),
            *("walks_indoors_alone", "bathes_alone"),
        ),
    ),
    (
        "children",
        gettext_lazy("父母与养育"),
        ("father_state", "mother_state", "care_form", "chosen_benefit", "living_form"),
    ),
)
OTHER = ("other", gettext_lazy("学籍、社会保险与其他"))
"""The group of every fact that no other names."""
