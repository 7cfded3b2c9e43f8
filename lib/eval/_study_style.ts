/** Colours of series in plots and their keys; the style sheet has that many. */
export const SERIES = 8;

/** What the report of a protocol adds to the style sheet. */
export const STUDY_STYLE = `
:root { --s0: #0b6bb5; --s1: #c2550a; --s2: #2a7d46; --s3: #8a3ea8; --s4: #a3223f; --s5: #5f6b00; --s6: #00787d; --s7: #6b5344; }
@media (prefers-color-scheme: dark) {
  :root { --s0: #5cb0f2; --s1: #f0934a; --s2: #63c788; --s3: #c88be6; --s4: #f27a93; --s5: #bccb4a; --s6: #4cc9ce; --s7: #c4a58f; }
}
body { max-width: 72rem; }
.notes { max-width: 46rem; padding-left: 1.2rem; } .notes li { margin: .25rem 0; }
.rows td, .rows th { vertical-align: top; padding-left: .5rem; padding-right: .5rem; } .rows td, .fixed td:not(.text) { white-space: nowrap; }
th[scope=rowgroup] { text-align: left; }
.rows tbody th, .fixed tbody th { position: sticky; left: 0; background: var(--page); z-index: 1; min-width: 7.5rem; max-width: 13rem;
  color: var(--text); font-size: .95rem; overflow-wrap: break-word; }
.rows td strong { color: var(--after); } .rows small { display: block; color: var(--soft); font-size: .8rem; line-height: 1.45; }
.rows small.more { color: var(--after); } .rows small.less { color: var(--worse); }
.rows td.failed { text-align: left; white-space: normal; color: var(--worse); }
.fixed td small { color: var(--soft); font-weight: 400; } .fixed .ours th, .fixed .ours td { background: var(--panel); }
.fixed .ours td { color: var(--after); font-weight: 600; } .fixed td.text, .fixed .ours td.text { font-size: .85rem; font-weight: 400; color: var(--soft); }
.shaded td.shade { background: rgba(var(--shade), calc(var(--share, 0) * .55)); }
.folds { font-size: .85rem; } .folds td, .folds th { padding: .15rem .4rem; } .folds .first { border-left: 2px solid var(--line); }
.folds th[scope=row] { font-weight: 400; max-width: 16rem; overflow-wrap: anywhere; } .folds th[scope=colgroup] { text-align: center; }
.folds td.shade { background: rgba(var(--shade), calc(var(--share, 0) * .55)); text-align: center; } .folds thead td { border: 0; color: var(--soft); }
s { color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .3rem 0; font-size: .9rem; color: var(--soft); }
.legend .line { display: inline-block; width: 1.1em; height: 0; border-top: 3px solid; vertical-align: .25em; margin-right: .35em; }
.legend .line.dashed { border-top-style: dashed; border-color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem 2rem; } .plots > * { min-width: 0; max-width: 36rem; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--soft); } summary:hover { color: var(--text); }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
@media (max-width: 36rem) {
  body { padding: 1.25rem .8rem 3rem; } th, td { padding: .3rem .45rem; }
  .rows tbody th, .fixed tbody th { max-width: 8rem; min-width: 6rem; font-size: .85rem; }
}
`;
