/** Style sheet of the report: system fonts, colours for light and dark, nothing from the network. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #fdfdfc; --text: #1d2126; --soft: #5d6670; --line: #d9dde1;
  --panel: #f3f5f6; --before: #8a5a00; --after: #0b6bb5; --worse: #b3261e; --shade: 11, 107, 181; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --text: #e6e9ec; --soft: #9aa4ae; --line: #343a41; --panel: #1d2126;
    --before: #e0a63c; --after: #5cb0f2; --worse: #ff8a80; --shade: 92, 176, 242; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .4rem 0; max-width: 46rem; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.caution { border-left: 4px solid var(--worse); background: var(--panel); padding: .6rem .9rem; margin: 1.25rem 0; max-width: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; vertical-align: bottom; }
th[scope=row] { vertical-align: middle; } th small { font-weight: 400; display: block; }
th[scope=row], td.text, th.text { text-align: left; }
.headline td { font-size: 1.1rem; } .headline td.strong { font-weight: 700; color: var(--after); }
.headline small { color: var(--soft); font-size: .8rem; white-space: nowrap; }
.worse { color: var(--worse); }
.pair { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; } .pair > * { flex: 1 1 18rem; min-width: 0; }
figure { margin: .75rem 0; } figure svg { max-width: 100%; height: auto; }
.stack > * { margin: .75rem 0; }
.confusion td { text-align: center; min-width: 4.2rem; background: rgba(var(--shade), calc(var(--share, 0) * .55)); }
.confusion td small { display: block; color: var(--soft); line-height: 1.1; }
.facts td { font-size: .9rem; overflow-wrap: anywhere; } .facts th { font-weight: 400; white-space: nowrap; }
.facts code { font-size: .85rem; }
.key { display: inline-block; width: .7em; height: .7em; border-radius: 50%; vertical-align: -.02em; }
.key.open { border: 2px solid var(--before); } .key.full { background: var(--after); } .key.drop { background: var(--worse); }
@media (max-width: 36rem) {
  .headline thead { display: none; } .headline tr { display: grid; grid-template-columns: repeat(3, 1fr); padding: .5rem 0; }
  .headline th { grid-column: 1 / -1; border: 0; } .headline td { text-align: left; border: 0; padding: .2rem .5rem; }
  .headline td::before { content: attr(data-label); display: block; color: var(--soft); font-size: .75rem; font-weight: 400; }
  .confusion th, .confusion td { padding: .3rem .25rem; min-width: 2.6rem; }
}
@media print { body { max-width: none; padding: 0; } figure, tr { break-inside: avoid; } }
`;
