"""The look of the HTML report: light and dark, on a screen and on paper."""

STYLE = """
:root { --ink: #2b2622; --soft: #6f675f; --grid: #e7dfd5; --ground: #fffdf9; --hue: #8a4b14;
  --pale: #6fa8d6; --link: #7a3f0c; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #efe9e2; --soft: #b3aaa0; --grid: #453e37; --ground: #1d1a17; --hue: #d98a45;
    --pale: #8fc3ee; --link: #f0b27a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--grid); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--hue); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; list-style: none; }
dl { margin: 0; }
dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .15rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0 0 1rem; }
.picture svg { display: block; width: 100%; max-width: 40rem; height: auto; }
figcaption { max-width: 45rem; color: var(--soft); }
summary { cursor: pointer; color: var(--soft); }
.wide { overflow-x: auto; }
details .wide { max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; font-size: .875rem; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--grid); text-align: left;
  vertical-align: top; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--soft); }
tbody th { font-weight: 600; }
.n { text-align: end; font-variant-numeric: tabular-nums; }
td time { white-space: nowrap; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root { --ink: #000; --soft: #444; --grid: #bbb; --ground: #fff;
    --hue: #8a4b14; --pale: #6fa8d6; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip, summary { display: none; }
  .wide, details .wide { overflow: visible; max-height: none; }
  table { font-size: 8pt; }
  th, td { padding: .1rem .35rem; }
  td { overflow-wrap: break-word; }
  tr, figure { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .picture svg { max-width: 15cm; }
}
"""
