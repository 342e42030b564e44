/** Style of the page on the use of keys. Its hash is in the Content-Security-Policy. */
export const USAGE_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c2024; --soft: #59626b; --line: #d5dadf; --ground: #f5f6f8;
  --link: #0b5394; --bar: #41618a;
  --free: #1b6e35; --later: #0b5394; --needed: #a8261c; --unknown: #7a5200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e4e7ea; --soft: #a4adb6; --line: #363c42; --ground: #1e2226;
    --link: #8bbcf0; --bar: #7f9fc6;
    --free: #6fce8a; --later: #8bbcf0; --needed: #ff9c90; --unknown: #e5b652;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 3rem; background: var(--paper); color: var(--ink); font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
h1 { font-size: 1.55rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; line-height: 1.3; font-weight: 650; margin-bottom: .75rem; }
h3 { font-size: .95rem; line-height: 1.4; font-weight: 600; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.name, code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; unicode-bidi: isolate; }
h3 .name { font-weight: 600; }
bdi { overflow-wrap: anywhere; }
small { font-size: .86em; color: var(--soft); }
.warn { color: var(--unknown); }
.none, .note { color: var(--soft); }
.note { font-size: .88rem; }
time, .number, td, dd { font-variant-numeric: tabular-nums; }
time { white-space: nowrap; }
.labelled { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .4rem; }
.line { display: block; }
.key { display: inline-block; min-width: 2.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }

.kicker { color: var(--soft); font-size: .85rem; }
.when { color: var(--soft); margin-top: .25rem; }
.flag { font-size: .8rem; font-weight: 600; color: var(--needed); border: 1px solid; padding: 0 .4rem; margin-left: .4rem; white-space: nowrap; vertical-align: 1px; }
.headline { margin-top: 1rem; font-size: 1.2rem; font-weight: 600; line-height: 1.35; }

.incomplete { margin-top: 1rem; border: 2px solid var(--needed); border-left-width: 8px; padding: .9rem 1.1rem; }
.incomplete h2 { color: var(--needed); margin-bottom: .35rem; }
.incomplete ul { margin-top: .5rem; padding-left: 1.25rem; }

.tally { list-style: none; padding: 0; margin: 1rem 0 .6rem; display: grid; grid-template-columns: repeat(4, 1fr); gap: .6rem; }
.tally li { border: 1px solid var(--line); border-top: 3px solid var(--soft); padding: .5rem .75rem .6rem; }
.tally b { display: block; font-size: 1.5rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tally .nobody b { color: var(--soft); }
.tally .links { display: block; font-size: .85rem; color: var(--soft); }
.tally .key { min-width: 0; margin-right: .3rem; font-weight: 400; }
.tally .free { border-top-color: var(--free); } .tally .later { border-top-color: var(--later); }
.tally .needed { border-top-color: var(--needed); } .tally .unknown { border-top-color: var(--unknown); }

nav ul { list-style: none; padding: .6rem 0; margin-top: .9rem; border: solid var(--line); border-width: 1px 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .88rem; }

main > section[id] { margin-top: 2.25rem; }
.verdicts { list-style: none; padding: 0; border-bottom: 1px solid var(--line); }
.verdict { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: .25rem 1.5rem; padding: .7rem 0 .7rem .9rem; border-top: 1px solid var(--line); position: relative; }
.verdict::before { content: ""; position: absolute; left: 0; top: .75rem; bottom: .75rem; border-left: 4px solid var(--soft); }
.verdict:target { background: var(--ground); }
.free::before { border-left-color: var(--free) !important; } .later::before { border-left: 4px dashed var(--later) !important; }
.needed::before { border-left-color: var(--needed) !important; } .unknown::before { border-left: 4px dotted var(--unknown) !important; }
.free .says strong { color: var(--free); } .later .says strong { color: var(--later); }
.needed .says strong { color: var(--needed); } .unknown .says strong { color: var(--unknown); }
.verdict ul { list-style: disc; padding-left: 1.1rem; font-size: .9rem; }

.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1.25rem 2.5rem; }
.columns ul { padding-left: 1.1rem; margin: .4rem 0 .6rem; }
.columns li { margin-bottom: .3rem; }

table { border-collapse: collapse; width: 100%; font-size: .85rem; margin-bottom: 1.1rem; }
caption { text-align: left; padding-bottom: .4rem; font-size: .9rem; color: var(--soft); overflow-wrap: anywhere; }
caption b { color: var(--ink); font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; color: var(--soft); border-bottom-color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 400; }
th.number, td.number { text-align: right; }

.blocked + .blocked { margin-top: 1.25rem; border-top: 1px solid var(--line); padding-top: .9rem; }
.rest { margin: -.4rem 0 1rem; }
#blockers ul { padding-left: 1.1rem; margin-bottom: 1rem; }
.blocked h3 { margin-bottom: .5rem; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; color: var(--link); font-size: .88rem; }
details[open] summary { margin-bottom: .5rem; }

figcaption { font-size: .9rem; color: var(--soft); margin-bottom: .5rem; max-width: 60rem; }
.bars-row { display: grid; grid-template-columns: 15rem minmax(0, 1fr) 8.5rem; gap: 0 1rem; align-items: end; padding-top: .5rem; font-size: .85rem; line-height: 1.35; }
.bars-row time { white-space: normal; }
.bars-row .note { font-size: .85rem; font-variant-numeric: tabular-nums; }
.bars-row svg { display: block; overflow: visible; }
.bars-row rect { fill: var(--bar); }
rect.hatched, .bars-row rect.hatched { fill: url(#hatch); }
.hatch-ground { fill: var(--paper); } .hatch-line { fill: var(--bar); }
rect.hatched { stroke: var(--bar); stroke-width: 1; }
.grid { stroke: var(--line); } .base { stroke: var(--soft); }
.axis text { fill: var(--soft); font-size: .72rem; }
.axis { margin-bottom: .9rem; padding-top: .1rem; }
.legend { white-space: nowrap; } .legend svg { vertical-align: -2px; }
.patterns { position: absolute; }

.facts { margin-bottom: 1.25rem; }
.facts div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { overflow-wrap: anywhere; }
#others ul { padding-left: 1.1rem; }
#others p { margin-bottom: .5rem; }
footer { margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; max-width: 60rem; }

@media (max-width: 43rem) {
  body { padding: 1.25rem 1rem 2rem; }
  .tally { grid-template-columns: 1fr 1fr; }
  .verdict, .columns { grid-template-columns: minmax(0, 1fr); }
  .bars-row { grid-template-columns: minmax(0, 1fr) auto; gap: .2rem 1rem; }
  .bars-row svg { grid-column: 1 / -1; grid-row: 2; }
  .axis div { display: none; } .axis .minor { display: none; }
  .facts div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .rows, .rows tbody, .rows tr, .rows th, .rows td, .rows caption { display: block; }
  .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .rows tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .rows tbody th, .rows td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .5rem; border: 0; padding: .1rem 0; text-align: left; overflow-wrap: anywhere; }
  .rows [data-heading]::before { content: attr(data-heading); color: var(--soft); }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --ground: #fff; --link: #000; --bar: #333; --free: #000; --later: #000; --needed: #000; --unknown: #000; }
  @page { margin: 14mm 12mm; }
  html { font-size: 12.5px; }
  body { padding: 0; max-width: none; }
  thead th { white-space: normal; }
  nav { display: none; }
  details:not([open]) summary::after { content: " (in the file, not on paper)"; }
  summary { list-style: none; color: var(--soft); }
  a { text-decoration: none; }
  h2, h3, caption, figcaption { break-after: avoid; }
  .verdict, tr, .bars-row, .facts div, .tally li, .incomplete { break-inside: avoid; }
  .verdict h3, .columns h3 { break-after: auto; }
  thead { display: table-header-group; break-after: avoid; }
  .bars-row { grid-template-columns: 11rem minmax(0, 1fr) 7rem; }
  #keys, #blockers, #others { break-before: page; }
  #limits, #use, #timeline, #scope, figcaption { break-inside: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
