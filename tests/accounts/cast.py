"""People of the fictional city for the tests of this room, made by the real actions."""

from datetime import date

from jiannuo.accounts import actions
from jiannuo.accounts.models import Person, User
from jiannuo.accounts.trial import PASSWORD
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry import actions as registry
from jiannuo.registry.actions import NewBody, NewDivision
from jiannuo.registry.kinds import BodyKind
from jiannuo.registry.models import Body

DAY = date(2026, 11, 23)


def person(title: str = "复核岗（甲）") -> Person:
    return actions.add_person("甲某", title, by=SYSTEM, on=DAY)


def account(who: Person, username: str, *, demo: bool = True) -> User:
    """An account whose password is the trial's; with a second factor unless demo=False."""
    user = actions.add_user(who, username, PASSWORD, must_change=not demo, by=SYSTEM, on=DAY)
    return actions.demo_totp(user, by=SYSTEM, on=DAY) if demo else user


def town() -> dict[str, Body]:
    """云川市: the city, one county below it, two offices of the county."""
    division = registry.add_divisions([NewDivision("990100", "云川市", "city", source="demo")], by=SYSTEM, on=DAY)[0]
    founded = date(2000, 1, 1)
    (city,) = registry.found(
        [NewBody("云川市人民政府", BodyKind.GOVERNMENT, division, founded=founded)], by=SYSTEM, on=founded
    )
    (county,) = registry.found(
        [NewBody("雁鸣县人民政府", BodyKind.GOVERNMENT, division, founded=founded, parent=city)], by=SYSTEM, on=founded
    )
    education, health = registry.found(
        [
            NewBody("雁鸣县教育局", BodyKind.DEPARTMENT, division, founded=founded, parent=county),
            NewBody("雁鸣县卫生局", BodyKind.DEPARTMENT, division, founded=founded, parent=county),
        ],
        by=SYSTEM,
        on=founded,
    )
    return {"city": city, "county": county, "education": education, "health": health}
