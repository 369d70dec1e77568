"""How the report looks: one column, tables that scroll in themselves, one switch of languages, and on paper all of it."""

STYLE = """
:root{--ink:#1d2733;--soft:#5a6775;--line:#d8dee5;--accent:#1f5a96;--flag:#7a4b00;--flag-bg:#fff5df}
*{box-sizing:border-box}body{margin:0 auto;max-width:1080px;padding:1rem;color:var(--ink);background:#fff;
font:16px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.7rem;line-height:1.3;margin:.6rem 0}h1 small{font-size:.9rem;color:var(--soft);font-weight:400}
h2{font-size:1.25rem;margin:2rem 0 .4rem;padding-top:.8rem;border-top:1px solid var(--line)}h3,h4{font-size:1rem;margin:1rem 0 .3rem}
p{max-width:68ch}.flag{background:var(--flag-bg);color:var(--flag);padding:.5rem .8rem;border-left:4px solid currentColor}
input[name=language]{position:absolute;opacity:0}label{display:inline-block;padding:.3rem .9rem;border:1px solid var(--line);cursor:pointer}
#zh:checked+label,#en:checked+label{background:var(--accent);color:#fff;border-color:var(--accent)}
input[name=language]:focus-visible+label{outline:3px solid #f0a500;outline-offset:2px}
main{display:none}#zh:checked~main.zh,#en:checked~main.en{display:block}
.wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{white-space:nowrap;color:var(--soft);font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td small{color:var(--soft);display:block}.line{width:180px;height:14px;display:block}.line line{stroke:#9db7d1;stroke-width:2.4}
.line rect{fill:var(--accent)}code{font-size:.8rem;overflow-wrap:anywhere}
details{border-bottom:1px solid var(--line);padding:.3rem 0}summary{cursor:pointer;padding:.2rem 0}details>*:not(summary){margin-left:1rem}details table{width:auto}
@media print{label{display:none}details{break-inside:avoid}.wide{overflow:visible}}
""".replace("\n", "")
