"""Which category a battery falls into by its use, its mass and whether it is sealed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from passport.domain.battery import Category
from passport.domain.content import Content, codes_of
from passport.domain.content_values import number_of
from passport.domain.errors import InvalidValueError
from passport.domain.units import Kilograms
from passport.rules.findings import Certainty, Finding
from passport.rules.rulebook import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRule:
    """One line of the definitions: batteries for a use that weigh so much are of a category.

    Attributes:
        use: Code of the list ``use``.
        category: The category they fall into.
        above: Mass that they exceed [kg]; nothing where there is no lower limit.
        up_to: Mass that they do not exceed [kg]; nothing where there is no upper limit.
        needs_sealed: Whether they have to be sealed.
    """

    use: str
    category: Category
    above: Kilograms | None
    up_to: Kilograms | None
    needs_sealed: bool
    certainty: Certainty
    source: str

    def holds(self, mass: Kilograms | None, is_sealed: bool | None) -> bool | None:
        """Return whether it holds for a battery, or nothing where that is not known."""
        answers: list[bool | None] = []
        if self.above is not None:
            answers.append(None if mass is None else mass > self.above)
        if self.up_to is not None:
            answers.append(None if mass is None else mass <= self.up_to)
        if self.needs_sealed:
            answers.append(is_sealed)
        if False in answers:
            return False
        return None if None in answers else True


def category_of(
    use: str, mass: Kilograms | None = None, *, is_sealed: bool | None = None
) -> Category | None:
    """Return the one category that batteries for a use can fall into.

    Energy decides nothing here: it only tells which industrial batteries need a passport. Nor does
    a former life: a traction battery repurposed for an industrial use is industrial.

    Args:
        use: Code of the list ``use``.
        mass: Mass of one battery [kg]; nothing where it is not known.
        is_sealed: Whether it is sealed; nothing where that is not known.

    Returns:
        Nothing where what is known leaves more than one category, or no definition fits.

    Raises:
        InvalidValueError: There is no such use, or the mass is not above 0.

    Source: Regulation (EU) 2023/1542, Article 3(1)(9) and (11) to (15).

    >>> category_of("light-electric-vehicle", Kilograms(Decimal("25.1")))
    <Category.EV: 'EV'>
    >>> category_of("toy") is None
    True
    """
    possible = possible_categories([use], mass, is_sealed=is_sealed)
    return next(iter(possible)) if len(possible) == 1 else None


def possible_categories(
    uses: Collection[str], mass: Kilograms | None = None, *, is_sealed: bool | None = None
) -> frozenset[Category]:
    """Return every category that batteries for these uses may fall into, by what is known.

    Args:
        uses: Codes of the list ``use``; none stand for all.
        mass: Mass of one battery [kg].
        is_sealed: Whether it is sealed.

    Raises:
        InvalidValueError: One is no such use, or the mass is not above 0.
    """
    if mass is not None and mass <= 0:
        raise InvalidValueError(f"a mass of {mass} kg is none; give the mass of one battery in kg")
    return frozenset(
        category
        for use in uses or codes_of("use")
        for category in _possible(_rules_of(use), mass, is_sealed)
    )


def _possible(
    rules: Iterable[UseRule], mass: Kilograms | None, is_sealed: bool | None
) -> Iterator[Category]:
    for rule in rules:
        holds = rule.holds(mass, is_sealed)
        if holds is not False:
            yield rule.category
        if holds:
            return


def _rules_of(use: str) -> tuple[UseRule, ...]:
    rules = use_rules().get(use)
    if rules is None:
        raise InvalidValueError(f"{use!r} is no use; it is one of: {', '.join(codes_of('use'))}")
    return rules


@cache
def use_rules() -> dict[str, tuple[UseRule, ...]]:
    """Return the definitions by use; of those that hold the first decides."""
    rules: dict[str, tuple[UseRule, ...]] = {}
    for row in read_rows("uses.csv"):
        rule = UseRule(
            use=row["use"],
            category=Category(row["category"]),
            above=_kilograms(row["above_kg"]),
            up_to=_kilograms(row["up_to_kg"]),
            needs_sealed=row["sealed"] == "1",
            certainty=Certainty(row["certainty"]),
            source=row["source"],
        )
        rules[rule.use] = (*rules.get(rule.use, ()), rule)
    return rules


def _kilograms(text: str) -> Kilograms | None:
    return Kilograms(Decimal(text)) if text else None


def check_category(content: Content) -> Iterator[Finding]:
    """Yield a finding where the declared category contradicts uses, mass or seal of the model.

    A battery for several uses may be of the category of each of them. Without stated uses the
    mass and the seal alone are judged: nothing portable weighs more than 5 kg.
    """
    declared = content.get("category")
    mass = number_of(content, "massKilograms")
    if not isinstance(declared, str) or declared not in set(Category):
        return
    if mass is not None and mass <= 0:
        return
    uses = _stated_uses(content)
    is_sealed = content.get("isSealed")
    possible = possible_categories(
        uses,
        None if mass is None else Kilograms(mass),
        is_sealed=is_sealed if isinstance(is_sealed, bool) else None,
    )
    if Category(declared) not in possible:
        yield Finding(
            rule="category-of-use",
            path="/category",
            message=f"the category is {declared}; by {_facts(uses, mass, is_sealed)} it is "
            + (" or ".join(sorted(possible)) or "none: small portable ones are sealed"),
            source="Regulation (EU) 2023/1542, Article 3(1)(9) and (11) to (15)",
        )


def _stated_uses(content: Content) -> tuple[str, ...]:
    uses = content.get("intendedPurposes")
    known = codes_of("use")
    return tuple(use for use in uses if use in known) if isinstance(uses, list | tuple) else ()


def _facts(uses: Collection[str], mass: Decimal | None, is_sealed: object) -> str:
    labels = codes_of("use")
    facts = [f"its use ({', '.join(labels[use] for use in uses)})"] if uses else []
    facts += [f"its mass ({mass} kg)"] if mass is not None else []
    facts += ["not being sealed"] if is_sealed is False else []
    return " and ".join(facts)
