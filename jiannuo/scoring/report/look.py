"""How the report looks: one column, tables that scroll in themselves, one switch of languages, and on paper all of it.

Every chart lies in the table whose numbers it draws; a reader who cannot see it misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

STYLE = """
:root{--ink:#1d2733;--soft:#5a6775;--line:#d8dee5;--accent:#1f5a96;--bar:#dbe8f5;--flag:#7a4b00;--flag-bg:#fff5df}
*{box-sizing:border-box}body{margin:0 auto;max-width:1080px;padding:1rem;color:var(--ink);background:#fff;
font:16px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.7rem;line-height:1.3;margin:.6rem 0}h1 small{font-size:.9rem;color:var(--soft);font-weight:400}
h2{font-size:1.25rem;margin:2rem 0 .4rem;padding-top:.8rem;border-top:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
p{max-width:68ch}a{color:var(--accent)}
.flag{background:var(--flag-bg);color:var(--flag);padding:.5rem .8rem;border-left:4px solid currentColor}
input[name=language]{position:absolute;opacity:0}label{display:inline-block;padding:.3rem .9rem;border:1px solid var(--line);cursor:pointer}
#zh:checked+label,#en:checked+label{background:var(--accent);color:#fff;border-color:var(--accent)}
:focus-visible,input[name=language]:focus-visible+label{outline:3px solid #f0a500;outline-offset:2px}
body:has(#zh:checked) main.en,body:has(#en:checked) main.zh{display:none}
.wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom;min-width:5.6em}thead .n{min-width:4em}
tbody th{font-weight:400;min-width:8em}
td.n{white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums}
td small,tbody th small{color:var(--soft);display:block}.depth{display:block;padding-left:calc(var(--d)*1em)}
.ranks{display:flex;gap:.8rem;align-items:center}.ranks span{min-width:4.5em;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.line{width:180px;height:14px;display:block}.line line{stroke:#9db7d1;stroke-width:2.4}.line rect{fill:var(--accent)}
.bar{display:block;min-width:4.5rem;padding:0 .3rem;background:linear-gradient(to left,var(--bar) var(--w),transparent 0);print-color-adjust:exact}
code{font-size:.8rem;overflow-wrap:anywhere}
details{border-bottom:1px solid var(--line);padding:.3rem 0}summary{cursor:pointer;padding:.2rem 0}details>div{margin-left:1rem}details table{width:auto}
@media(max-width:600px){tbody th{position:sticky;left:0;background:#fff;min-width:6.5em;max-width:12em;overflow-wrap:break-word}
.ranks{display:block}th,td{padding:.35rem .4rem}thead th,thead .n{min-width:0}td{min-width:2.9em}td small{min-width:9em}.depth{padding-left:calc(var(--d)*.5em)}.ranks span{text-align:left}.line{width:90px}}
@media print{header{display:none}details{break-inside:avoid}.wide{overflow:visible}a{color:inherit;text-decoration:none}}
""".replace("\n", "")


def table(
    head: Sequence[str] | None,
    rows: Sequence[Sequence[str]],
    numbers: Collection[int] = (),
    header: int | None = None,
) -> str:
    """A table of cells that are HTML already; numbers: right-aligned columns; header: the column that names a row."""

    def cell(place: int, text: str) -> str:
        right = ' class="n"' if place in numbers else ""
        return f'<th scope="row"{right}>{text}</th>' if place == header else f"<td{right}>{text}</td>"

    heads = "".join(
        f'<th scope="col"{" class=n" if place in numbers else ""}>{one}</th>' for place, one in enumerate(head or ())
    )
    top = f"<thead><tr>{heads}</tr></thead>" if head else ""
    body = "".join("<tr>" + "".join(cell(*pair) for pair in enumerate(row)) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table>{top}<tbody>{body}</tbody></table></div>'


def share(part: Decimal, text: str) -> str:
    """A number with a bar behind it; part: 0 to 1."""
    return f'<span class="bar" style="--w:{part * 100:.1f}%">{text}</span>'


def interval(low: int, high: int, rank: int, count: int) -> str:
    """The ranks from low to high, and a line of them with the published one as a tick."""
    x1, x2, at = (100 * (value - 0.5) / max(1, count) for value in (low, high, rank))
    return (
        f'<span class="ranks"><span>{low if low == high else f"{low}–{high}"}</span><svg class="line" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<line x1="{x1:.2f}" x2="{x2:.2f}" y1="4" y2="4"/>'
        f'<rect x="{at - 0.6:.2f}" y="1" width="1.2" height="6"/></svg></span>'
    )
