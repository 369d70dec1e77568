"""The accounts of a trial: one for each post, so that a stranger can take every step and meet every refusal.

Fictional holders of posts, in both sets: their names say so. Their password is jiannuo.accounts.trial.PASSWORD, and the
code page shows their codes. Outside a trial none is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jiannuo.accounts import actions
from jiannuo.accounts.models import Person
from jiannuo.accounts.trial import PASSWORD
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.registry.models import Body


@dataclass(frozen=True)
class Seat:
    """One account: the post it stands for, its roles on a body (by short name), and what it is there to show.

    person     another username of the same natural person, for a second account; its roles are already that person's
    employer   the body the person works for (by short name): nobody handles records about it
    """

    username: str
    title: str
    roles: tuple[str, ...]
    body: str
    shows: str
    person: str = ""
    employer: str = ""


def _office(city: str, employer: str, mark: str = "") -> tuple[Seat, ...]:
    """The city's credit office, one post for each role; its people handle nothing about their own department."""
    seats = (
        Seat("dengji-c", f"登记岗（丙）{mark}", ("registrar",), city, "录入记录、送达告知书"),
        Seat("fuhe-a", f"复核岗（甲）{mark}", ("reviewer",), city, "复核别人录入的记录"),
        Seat("fuzeren", f"信用办负责人{mark}", ("head",), city, "使记录生效、暂停、撤销"),
        Seat("gongkai", f"公开审查岗{mark}", ("disclosure",), city, "公开审查：公开或者写明理由不公开"),
        Seat("fazhi", f"法制审核岗{mark}", ("legal",), city, "放行依据条文待核规则的公开"),
        Seat("jigou", f"机构登记岗{mark}", ("registry",), city, "机构更名、合并、分设"),
        Seat("dangan", f"档案管理员{mark}", ("archivist",), city, "封存、移交归档、依法删除"),
        Seat("anquan", f"安全审计员{mark}", ("auditor",), city, "查看谁看过敏感信息"),
        Seat("xitong", f"系统管理员{mark}", ("operator",), city, "开户、授权、解锁"),
        Seat("dengji-d", f"登记岗（丁）{mark}", ("registrar", "reviewer"), city, "一人两职：自己录入的不能自己复核"),
        Seat("fuhe-d", f"登记岗（丁）{mark}", (), city, "同一个人的第二个账号：换账号也不行", person="dengji-d"),
    )
    return tuple(replace(seat, employer=employer) for seat in seats)


SEATS: Mapping[str, Sequence[Seat]] = {
    "demo": (
        *_office("市政府", "市发改委"),
        Seat("yanming-a", "雁鸣县信用办登记岗", ("registrar",), "雁鸣县政府", "只能录入本县的记录"),
        Seat("chengjian", "市城建局联络员", ("liaison",), "市城建局", "收告知书、递交陈述", employer="市城建局"),
        Seat("juzhang", "市城建局局长", ("chief",), "市城建局", "单位负责人，签发本单位的说明", employer="市城建局"),
        Seat("baosong", "市财政局报送岗", ("reporter",), "市财政局", "用表格报送本局的数据", employer="市财政局"),
        Seat("baixi", "白溪县认定岗", ("determiner",), "白溪县政府", "认定部门：对下属机构作出认定"),
    ),
    "benxi": (
        *_office("市政府", "本溪市发展和改革委员会", "·试用"),
        Seat("pingshan", "平山区信用办登记岗·试用", ("registrar",), "平山区政府", "只能录入本区的记录"),
        Seat(
            "fagaiwei",
            "市发改委联络员·试用",
            ("liaison",),
            "本溪市发展和改革委员会",
            "收告知书、递交陈述",
            employer="本溪市发展和改革委员会",
        ),
        Seat(
            "zhuren",
            "市发改委主任岗·试用",
            ("chief",),
            "本溪市发展和改革委员会",
            "单位负责人，签发本单位的说明",
            employer="本溪市发展和改革委员会",
        ),
        Seat("caizheng", "市财政局认定岗·试用", ("determiner",), "本溪市财政局", "认定部门"),
        Seat(
            "baosong",
            "市财政局报送岗·试用",
            ("reporter",),
            "本溪市财政局",
            "用表格报送本局的数据",
            employer="本溪市财政局",
        ),
    ),
}


def lay(seats: Sequence[Seat], *, on: date) -> None:
    """Open these accounts with their second factors and roles, from `on`."""
    people: dict[str, Person] = {}
    for seat in seats:
        person = people.get(seat.person)
        if person is None:
            employer = body(seat.employer) if seat.employer else None
            person = actions.add_person(f"试用账号 {seat.username}", seat.title, employer=employer, by=SYSTEM, on=on)
            for role in seat.roles:
                actions.grant(person, role, body(seat.body), by=SYSTEM, on=on)
        people[seat.username] = person
        user = actions.add_user(person, seat.username, PASSWORD, must_change=False, by=SYSTEM, on=on)
        actions.demo_totp(user, by=SYSTEM, on=on)


def body(name: str) -> Body:
    """A body by its present short name, or by its name where it has no other."""
    return Body.objects.filter(short_name=name).first() or Body.objects.get(name=name)
