"""Places by official code (the prefix is containment) and facilities with kind, capacity and dates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanjia.policy import words


class PlaceKind(models.TextChoices):
    """What the statistics bureau's list calls a unit."""

    CITY = "city", _("市")
    TOWN = "town", _("镇")
    SUBDISTRICT = "subdistrict", _("街道")
    PARK = "park", _("园区")
    STATISTICAL_UNIT = "statistical_unit", _("统计单元")
    VILLAGE_COMMITTEE = "village_committee", _("村委会")
    RESIDENTS_COMMITTEE = "residents_committee", _("居委会")
    OTHER = "other", _("其他")


LATIN: dict[str, str] = {
    PlaceKind.TOWN: "%(name)s Town",
    PlaceKind.SUBDISTRICT: "%(name)s Subdistrict",
}


class Place(models.Model):
    """One unit: city 6 digits, town 9, community 12."""

    code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    name = models.CharField(max_length=60)
    name_hant = models.CharField(max_length=60, blank=True)
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=24, choices=PlaceKind)
    population = models.PositiveIntegerField(
        null=True, help_text="census of 1 November 2020, persons"
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="place_code_has_6_9_or_12_digits",
                condition=Q(code__regex=r"^[0-9]{6}([0-9]{3}){0,2}$"),
            )
        ]

    def __str__(self) -> str:
        return name_of(self.name, self.name_hant, self.pinyin, self.kind)


def name_of(name: str, name_hant: str, pinyin: str, kind: str) -> str:
    """A place's name in the language of the page: its own forms first, else as the words say it."""
    if words.language() == "zh-hant" and name_hant:
        return name_hant
    if words.language() == "en" and pinyin:
        called = latin(pinyin)
        return LATIN[kind] % {"name": called} if kind in LATIN else called
    return words.told(name)


def latin(pinyin: str) -> str:
    """`chang an` → `Chang'an`."""
    first, *rest = pinyin.split()
    return first.capitalize() + "".join(f"'{s}" if s[0] in "aoe" else s for s in rest)


class FacilityKind(models.TextChoices):
    """What stands somewhere and serves people."""

    CANTEEN = "canteen", _("长者饭堂")
    HOME = "home", _("养老机构")
    DAY_CARE = "day_care", _("日间照料中心")
    STATION = "station", _("服务驿站")
    CHILD_STATION = "child_station", _("未成年人保护工作站")
    SHELTER = "shelter", _("救助站")


class Facility(models.Model):
    """A building or desk with a capacity, from a day, until a day."""

    code = models.CharField(primary_key=True, max_length=16, db_collation="C")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="facilities")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=FacilityKind)
    capacity = models.PositiveIntegerField(help_text="beds, seats or meals a day, by kind")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "facilities"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="facility_code_extends_place_code",
                condition=Q(code__startswith=F("place")) & Q(code__regex=r"^[0-9]{16}$"),
            ),
            models.CheckConstraint(
                name="facility_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
