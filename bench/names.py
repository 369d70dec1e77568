"""Names as people write them, resolved: 1 000 noisy names among 10 000 bodies, top-1.

The bodies are generated: kinds of departments in the real divisions of Liaoning (counties, cities, townships). The
noise is made here, from a list of ways of writing that is no part of the resolver, though the usual short forms and the
names before the reform stand in the rulebook too: none, traditional characters, full width, with the province, without
the city, short, before the reform of 2018, one character wrong, left out, doubled, two changed about. A slip never
makes the name of another division: what it says then would be another body.
A name without its city is asked in that city, as a clerk there hands it in.
Peers: rapidfuzz, the most alike of all names; nomenklatura, its score for organisations over rapidfuzz's best fifty.
Both compare normalised names, as ours does.
"""

from __future__ import annotations

import csv
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("JIANNUO_SHARED_DATA", ROOT.parent / "shared" / "data")) / "divisions"
BODIES, NAMES, SEED = 10_000, 1_000, 20261125

# Department → how people write it for short, and what it was called before the reform.
DEPARTMENTS: dict[str, tuple[str, str]] = {
    "发展和改革局": ("发改局", ""),
    "教育局": ("", ""),
    "科学技术局": ("科技局", ""),
    "工业和信息化局": ("工信局", "经济和信息化委员会"),
    "公安局": ("", ""),
    "民政局": ("", ""),
    "司法局": ("", ""),
    "财政局": ("", ""),
    "人力资源和社会保障局": ("人社局", ""),
    "自然资源局": ("", "国土资源局"),
    "生态环境局": ("", "环境保护局"),
    "住房和城乡建设局": ("住建局", ""),
    "交通运输局": ("交通局", ""),
    "水利局": ("", ""),
    "农业农村局": ("", "农村经济委员会"),
    "商务局": ("", ""),
    "文化旅游和广播电视局": ("文旅广电局", ""),
    "卫生健康局": ("卫健局", "卫生和计划生育局"),
    "退役军人事务局": ("退役军人局", ""),
    "应急管理局": ("应急局", "安全生产监督管理局"),
    "审计局": ("", ""),
    "市场监督管理局": ("市监局", "工商行政管理局"),
    "统计局": ("", ""),
    "医疗保障局": ("医保局", ""),
    "信访局": ("", ""),
    "营商环境建设局": ("营商局", ""),
    "城市管理综合行政执法局": ("城管局", ""),
    "人民政府办公室": ("政府办", ""),
    "人民政府": ("政府", ""),
    "供销合作社联合社": ("供销社", ""),
    "地方金融发展局": ("", ""),
    "政务服务中心": ("", ""),
    "机关事务服务中心": ("", ""),
    "公共资源交易中心": ("", ""),
    "融媒体中心": ("", ""),
    "不动产登记中心": ("", ""),
    "疾病预防控制中心": ("疾控中心", ""),
    "社会保险事业服务中心": ("社保中心", ""),
    "妇幼保健院": ("", ""),
    "人民医院": ("", ""),
    "图书馆": ("", ""),
    "文化馆": ("", ""),
    "职业教育中心": ("", ""),
    "实验小学": ("", ""),
    "第一中学": ("一中", ""),
    "敬老院": ("", ""),
    "现代农业发展服务中心": ("", ""),
    "公路事务服务中心": ("", ""),
    "动物疫病预防控制中心": ("", ""),
    "城市建设投资服务中心": ("", ""),
}
OF_A_STREET = ("办事处", "社区卫生服务中心", "便民服务中心")
OF_A_TOWN = ("人民政府", "卫生院", "便民服务中心", "中心小学")
NOISE = (
    "as it is", "traditional", "full width", "province", "no city", "short", "reform", "wrong", "left out", "doubled",
    "swapped",
)  # fmt: skip


def places() -> list[tuple[str, str, str, str]]:
    """(code, name, code of what lies above, level), upper ones first."""
    out = []
    for name, level, above in (
        ("provinces", "province", ""), ("cities", "city", "provinceCode"), ("areas", "county", "cityCode"),
        ("streets", "township", "areaCode"),
    ):  # fmt: skip
        with (DATA / f"liaoning_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            out += [(row["code"], row["name"], row.get(above, "") or "", level) for row in csv.DictReader(file)]
    return out


def generate(every: list[tuple[str, str, str, str]]) -> list[tuple[int, str, str, str, str]]:
    """(number, code of the place, names of city to place, name of the place, tail)."""
    name = {code: title for code, title, _above, _level in every}
    above = {code: up for code, _title, up, _level in every}
    out: list[tuple[int, str, str, str, str]] = []
    for code, title, up, level in every:
        if level in ("city", "county"):
            path = title if level == "city" else name[up] + title
            out += [(0, code, path, title, tail) for tail in DEPARTMENTS]
    for code, title, up, level in every:
        if level == "township":
            path = name[above[up]] + name[up] + title
            out += [(0, code, path, title, tail) for tail in (OF_A_STREET if title.endswith("街道") else OF_A_TOWN)]
    return [(n, *one[1:]) for n, one in enumerate(out[:BODIES])]


def noisy(bodies, every, chance):
    """[(kind of noise, as written, number of the body meant, code of the city it is asked in)]."""
    from opencc import OpenCC

    traditional = OpenCC("s2t")
    name = {code: title for code, title, _above, _level in every}
    above = {code: up for code, _title, up, _level in every}
    level = {code: kind for code, _title, _above, kind in every}
    known = set(name.values())
    out = []
    while len(out) < NAMES:
        kind = NOISE[len(out) % len(NOISE)]
        number, code, path, _title, tail = chance.choice(bodies)
        city = {"city": code, "county": above[code], "township": above.get(above[code], "")}[level[code]]
        full = path + tail
        short, old = DEPARTMENTS.get(tail, ("", ""))
        if kind == "as it is":
            text = full
        elif kind == "traditional":
            text = traditional.convert(full)
            if text == full:
                continue
        elif kind == "full width":
            text = f" {full[:2]}　{full[2:]} "
        elif kind == "province":
            text = f"辽宁省{full}"
        elif kind == "no city":
            if level[code] == "city":
                continue
            text = full.removeprefix(name[city])
        elif kind in ("short", "reform"):
            if not (word := short if kind == "short" else old):
                continue
            text = path + word
        else:
            at = chance.randrange(len(full))
            if kind == "wrong":
                text = full[:at] + chance.choice("的人大国地方上中下山水东西南北") + full[at + 1 :]
            elif kind == "left out":
                text = full[:at] + full[at + 1 :]
            elif kind == "doubled":
                text = full[: at + 1] + full[at:]
            else:
                text = full[: at - 1] + full[at] + full[at - 1] + full[at + 1 :] if at else full
            if text == full or other_place(text, path, known) or any(text == b[2] + b[4] for b in bodies):
                continue
        out.append((kind, text, number, city))
    return out


def other_place(text, path, known):
    """Whether the slip made the name of a division that the path does not hold."""
    made = {one for one in known if len(one) > 2 and one in text}
    return bool({one for one in made if one not in path})


def main() -> None:
    if not DATA.exists():
        print(f"skipped: the real divisions are not here ({DATA.name})")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiannuo.settings")
    import django

    django.setup()
    from jiannuo.registry.naming import Index, Named, Place, Why
    from jiannuo.registry.resolving import usages
    from jiannuo.search.finding import normalise

    every = places()
    bodies = generate(every)
    queries = noisy(bodies, every, random.Random(SEED))
    where = {number: code for number, code, *_rest in bodies}
    keys = {code: n for n, (code, *_rest) in enumerate(every)}
    print(f"{len(bodies):,} bodies in {len(every):,} divisions; {len(queries):,} names; load {os.getloadavg()[0]:.1f}")
    start = time.perf_counter()
    index = Index(
        [Place(keys[code], name, keys.get(above)) for code, name, above, _level in every],
        [Named(number, keys[code], [(path + tail, Why.SAME)]) for number, code, path, _name, tail in bodies],
        list(usages()),
        normalise,
    )
    print(f"index made in {time.perf_counter() - start:.2f} s")

    start = time.perf_counter()
    found = [index.resolve([text], keys[city])[0] for _kind, text, _number, city in queries]
    ours = time.perf_counter() - start
    report("ours", [one.best for one in found], queries, where, ours)
    by_kind = Counter(kind for kind, *_rest in queries)
    right = Counter(kind for (kind, _t, number, _c), one in zip(queries, found, strict=True) if one.best == number)
    print("   " + ", ".join(f"{kind} {right[kind]}/{by_kind[kind]}" for kind in NOISE))
    sure = [(one, query) for one, query in zip(found, queries, strict=True) if one.sure]
    print(f"   sure {len(sure)}, of these wrong {sum(one.best != query[2] for one, query in sure)}")

    from rapidfuzz import fuzz, process

    names = [normalise(path + tail) for _n, _code, path, _name, tail in bodies]
    start = time.perf_counter()
    texts = [normalise(text) for _kind, text, *_rest in queries]
    best = [process.extractOne(text, names, scorer=fuzz.ratio) for text in texts]
    taken = time.perf_counter() - start
    report("rapidfuzz", [one[2] if one else None for one in best], queries, where, taken, ours)

    start = time.perf_counter()
    report("nomenklatura", beside(texts, names), queries, where, time.perf_counter() - start, ours)


def beside(texts: list[str], names: list[str]) -> list[int | None]:
    """nomenklatura's name score for organisations, over the fifty most alike by rapidfuzz."""
    from followthemoney import model
    from nomenklatura.matching import LogicV2
    from nomenklatura.matching.types import ScoringConfig
    from rapidfuzz import fuzz, process

    def entity(name: str):
        made = model.make_entity("PublicBody")
        made.id = name
        made.add("name", name)
        return made

    config, made = LogicV2.default_config(), {}
    assert isinstance(config, ScoringConfig)
    out: list[int | None] = []
    for text in texts:
        asked, best, top = entity(text), None, 0.0
        for name, _score, number in process.extract(text, names, scorer=fuzz.ratio, limit=50):
            if name not in made:
                made[name] = entity(name)
            score = LogicV2.compare(asked, made[name], config).score
            if score > top:
                best, top = number, score
        out.append(best)
    return out


def report(who, best, queries, where, took, ours=None):
    right = sum(one == number for one, (_k, _t, number, _c) in zip(best, queries, strict=True))
    astray = sum(
        one is not None and where[one] != where[number] for one, (_k, _t, number, _c) in zip(best, queries, strict=True)
    )
    ratio = f", {took / ours:.1f} times ours" if ours else ""
    print(f"{who:13} top-1 {right / len(queries):.3f}, in another division {astray:3}, {took:6.2f} s{ratio}")


if __name__ == "__main__":
    main()
