// How the report looks: system fonts, calm colours with enough contrast in light and dark, cards in
// place of tables on a phone, and paper.

const COLOURS = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --quiet: #56616f; --line: #dde2e8;
  --full: #1f5fae; --incr: #2f8f83; --result: #d3e0f0; --chain: #9fb2c8;
  --good: #17693f; --good-soft: #dff2e6; --warn: #7a4d00; --warn-soft: #fdf0d2;
  --bad: #a3211b; --bad-soft: #fbe3e1; --window: #3aa76d; --later: #cfe9d9; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #12161c; --card: #1a2028; --ink: #e6eaf0; --quiet: #a2adba; --line: #303945;
  --full: #6ea8f0; --incr: #53c2b3; --result: #2b3d54; --chain: #4c5d72;
  --good: #7fd6a4; --good-soft: #15301f; --warn: #f0c468; --warn-soft: #33270c;
  --bad: #ff9d95; --bad-soft: #3d1917; --window: #3f9d69; --later: #1f3d2c; } }`

const TEXT = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system,
  "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
footer { padding: 1.5rem 1.25rem 3rem; color: var(--quiet); font-size: .875rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -.01em; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; overflow-wrap: anywhere; }
h3 { font-size: .8125rem; margin: 2rem 0 .75rem; color: var(--quiet); text-transform: uppercase;
  letter-spacing: .06em; }
h4 { font-size: .9375rem; }
p { margin: .25rem 0 0; }
a { color: var(--full); }
.quiet, .who, .sub { color: var(--quiet); }
.who, .sub { font-size: .9375rem; }
.id, .lsn { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .875em; overflow-wrap: anywhere; }
time { white-space: nowrap; }
.second { display: block; color: var(--quiet); font-size: .8125rem; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  line-height: 1.6; background: var(--line); color: var(--ink); }
.good { background: var(--good-soft); color: var(--good); }
.bad { background: var(--bad-soft); color: var(--bad); }
.label { display: block; font-size: .875rem; font-weight: 400; color: var(--quiet);
  overflow-wrap: anywhere; }`

const PARTS = `
.status { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0 0; padding: 1rem 1.25rem;
  border-radius: .75rem; font-size: 1.125rem; font-weight: 600; }
.status svg { flex: none; }
.status.good { background: var(--good-soft); color: var(--good); }
.status.warn { background: var(--warn-soft); color: var(--warn); }
.status.bad { background: var(--bad-soft); color: var(--bad); }
.problems { list-style: none; margin: .75rem 0 0; padding: 0; display: grid; gap: .5rem; }
.problems li { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid;
  border-radius: .5rem; padding: .75rem 1rem; overflow-wrap: anywhere; }
.problems .critical { border-left-color: var(--bad); }
.problems .warning { border-left-color: var(--warn); }
.problems b { font-weight: 650; }
.problems .critical b { color: var(--bad); } .problems .warning b { color: var(--warn); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0 0;
  padding: 0; font-size: .9375rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.5rem; margin: 1.5rem 0 0; }
.facts { display: flex; flex-wrap: wrap; gap: 1px;
  margin: 1.25rem 0 0; background: var(--line); border: 1px solid var(--line); border-radius: .5rem;
  overflow: hidden; }
.facts div { background: var(--card); padding: .75rem 1rem; flex: 1 1 9rem; }
.facts dt { color: var(--quiet); font-size: .8125rem; }
.facts dd { margin: 0; font-size: 1.125rem; font-weight: 600; }
.facts .second { font-weight: 400; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
  gap: 1.5rem 2rem; }`

const PICTURES = `
figure { margin: 0; } figure svg { display: block; overflow: visible; }
figcaption { color: var(--quiet); font-size: .8125rem; margin-top: .375rem; display: flex;
  flex-wrap: wrap; gap: .125rem 1rem; }
svg text { font-size: 12px; fill: var(--quiet); } svg .name { fill: var(--ink); }
svg .rule { stroke: var(--chain); } svg .grid { stroke: var(--line); }
svg .chain { stroke: var(--chain); stroke-width: 2; }
svg .full, i.full { fill: var(--full); } svg .incr { fill: var(--incr); }
svg .result { fill: var(--result); } svg .window { fill: var(--window); } svg .later { fill: var(--later); }
svg circle { stroke: var(--card); stroke-width: 1.5; }
svg circle.broken { fill: var(--card); stroke: var(--bad); stroke-width: 2; }
.key { display: inline-flex; align-items: center; gap: .375rem; }
.mark { display: inline-block; width: .625rem; height: .625rem; border-radius: 50%; }
.mark.full { background: var(--full); width: .75rem; height: .75rem; }
.mark.incr { background: var(--incr); } .mark.broken { border: 2px solid var(--bad); }
.mark.window, .mark.later { width: 1.25rem; height: .5rem; border-radius: .25rem; }
.mark.window { background: var(--window); } .mark.later { background: var(--later); }`

const TABLES = `
details.chain { border-top: 1px solid var(--line); }
details.chain:last-child { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .75rem 0; }
summary h4 { display: inline; margin-right: .5rem; }
summary .quiet { display: inline-block; font-size: .875rem; }
summary .badge { margin-left: .5rem; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--full); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; margin: 0 0 1rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; font-weight: 400; }
thead th { color: var(--quiet); font-size: .8125rem; border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody tr:target { background: var(--warn-soft); }
tbody th .id, td .second { white-space: nowrap; }
.branch { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre;
  color: var(--quiet); }
@media screen and (max-width: 60rem) {
  main, header, footer { padding-left: .75rem; padding-right: .75rem; }
  section { padding: 1rem .875rem; }
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: .625rem 0; display: grid; gap: 0 1.5rem;
    grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); } tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr + tr > * { border-top: 0; }
  tbody th { padding: 0 0 .25rem; font-weight: 600; grid-column: 1 / -1; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; padding: .125rem 0; }
  td::before { content: attr(data-label); color: var(--quiet); font-size: .8125rem; }
  tbody th .id, td .second { white-space: normal; }
}`

const PAPER = `
@media print {
  @page { margin: 14mm; }
  :root { --page: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #ccc; color-scheme: light; }
  body { font-size: 10.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  section { border: 0; padding: 0; margin-top: 1.5rem; }
  nav { display: none; }
  table { font-size: 7.5pt; } thead th, .second, .badge, .label { font-size: 7pt; }
  tbody th .id, td .second { white-space: normal; }
  th, td { padding: 2pt 6pt 2pt 0; }
  h2, h3, summary { break-after: avoid; }
  figure, tr, .facts, .problems li { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}`

/** The whole style sheet. */
export const reportStyle = [COLOURS, TEXT, PARTS, PICTURES, TABLES, PAPER].join('\n')
