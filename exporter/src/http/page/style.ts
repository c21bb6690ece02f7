/** The page's only style sheet: paper by day, slate by night, figures that stand still while they change. */
export const styleSheet = `
:root {
  --paper: #f6f4ee; --sheet: #fffdf8; --ink: #23262b; --soft: #6a6d70; --line: #e2ded3; --accent: #23615e;
  --good: #2f7a4e; --fair: #8e6011; --bad: #b8433a; --past: #8f9092; --rail: #e6e2d8; --wash: #f9e9d4;
  --serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, serif;
  --sans: ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --sheet: #1c2024; --ink: #dcd9d1; --soft: #92969a; --line: #2c3136; --accent: #7fbdb6;
    --good: #6cbf8c; --fair: #dcae55; --bad: #e3796f; --past: #777c80; --rail: #2d3237; --wash: #33291a;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 15px/1.45 var(--sans); -webkit-text-size-adjust: 100%; }
body { max-width: 78rem; margin: 0 auto; padding: 1.25rem clamp(.9rem, 3vw, 2.5rem) 2rem; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
code, pre { font-family: var(--mono); font-size: .88em; }
code { overflow-wrap: anywhere; }
pre { background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; margin: .5rem 0; }
abbr[title] { text-decoration: underline dotted var(--past); text-underline-offset: .25em; cursor: help; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quiet { color: var(--soft); }
.warn { color: var(--bad); }

header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .3rem 2rem; margin-bottom: 1.6rem; }
.name { display: inline-flex; align-items: center; gap: .55rem; font: 600 1.5rem/1.2 var(--serif); letter-spacing: -.01em; color: var(--ink); text-decoration: none; }
.name img { width: 1.35rem; height: 1.35rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
.lost main { opacity: .55; transition: opacity .4s; }

.notice { background: var(--sheet); border-left: 3px solid var(--accent); padding: .7rem 1rem; margin: 0 0 .7rem; border-radius: 0 6px 6px 0; }
.notice.bad { border-color: var(--bad); }
.notice p { margin: 0; }
#notices:not(:empty) { margin-bottom: 1.6rem; }
.scan { display: block; width: 100%; height: 4px; border-radius: 2px; margin-top: .6rem; }
.scan .done { fill: var(--accent); }

.summary { display: flex; flex-wrap: wrap; gap: .9rem 2.6rem; margin: 0 0 1.5rem; }
.summary div { display: flex; flex-direction: column-reverse; }
.summary dt { color: var(--soft); font-size: .85rem; }
.summary dd { margin: 0; font: 400 1.75rem/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.summary .calls dd, .summary .calls dt { color: var(--fair); }

table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
thead th { font-weight: 400; font-size: .85rem; color: var(--soft); text-align: left; padding: 0 .9rem .4rem 0; white-space: nowrap; }
tbody th, td { text-align: left; font-weight: 400; vertical-align: top; padding: .65rem .9rem .65rem 0; border-top: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
th.number, td.number { text-align: right; white-space: nowrap; }
tr.ended { color: var(--soft); }
.project { font-weight: 600; overflow-wrap: anywhere; }
.branch { font-family: var(--mono); font-size: .82em; color: var(--soft); overflow-wrap: anywhere; }
.facts { display: block; font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.unknown { color: var(--soft); font-style: italic; font-size: .9rem; }

.state { display: inline-flex; align-items: center; gap: .45rem; white-space: nowrap; }
.mark { flex: none; fill: currentColor; overflow: visible; }
.state.working .mark { color: var(--good); }
.state.waiting { color: var(--fair); }
.state.idle .mark, .state.ended .mark { color: var(--past); }
.state.fresh .mark { animation: pulse 1.4s ease-out 3; border-radius: 50%; }
@keyframes pulse { from { box-shadow: 0 0 0 0 color-mix(in srgb, currentColor 55%, transparent); } to { box-shadow: 0 0 0 .55rem transparent; } }
@media (prefers-reduced-motion: reduce) { .state.fresh .mark { animation: none; } .lost main { transition: none; } }

.bar { display: block; min-width: 7.5rem; }
.bar svg { display: block; width: 100%; height: 5px; border-radius: 3px; margin: .5rem 0 .3rem; }
.rail { fill: var(--rail); }
rect.good { fill: var(--good); } rect.fair { fill: var(--fair); } rect.bad { fill: var(--bad); }
tr.ended rect:not(.rail) { opacity: .55; }
.bar b, .health b { font-weight: 600; }
.health { white-space: nowrap; }
.health.healthy { color: var(--good); } .health.warning { color: var(--fair); } .health.critical { color: var(--bad); } .health.past { color: var(--soft); }

.aside { margin-top: 2rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .8rem 2.5rem; align-items: start; }
summary { cursor: pointer; color: var(--accent); padding: .2rem 0; }
details ul, .looked ul { list-style: none; padding: 0; margin: .6rem 0; }
.looked ul { margin: 0; }
.looked th { white-space: nowrap; }
details li { padding: .25rem 0; }
.empty { max-width: 46rem; }
h1 { font: 400 1.75rem/1.2 var(--serif); margin: 0 0 .6rem; }
h2 { font: 600 1rem/1.3 var(--sans); margin: 1.8rem 0 .5rem; }
.docs dt { margin-top: 1.1rem; } .docs dd { margin: .15rem 0 0; max-width: 46rem; }

@media (max-width: 46rem) {
  #sessions thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  #sessions table, #sessions tbody, #sessions tr, #sessions th, #sessions td { display: block; }
  #sessions tbody tr { display: grid; grid-template-columns: 1.1fr 1.1fr .7fr .9fr; gap: .4rem .8rem; border-top: 1px solid var(--line); padding: .9rem 0; }
  #sessions tbody th, #sessions tbody td { border: 0; padding: 0; text-align: left; }
  #sessions tbody th { grid-area: 1 / 1 / 2 / -1; }
  #sessions td[data-label="State"] { grid-area: 2 / 1 / 3 / 3; }
  #sessions td[data-label="Health"] { grid-area: 2 / 3 / 3 / -1; text-align: right; }
  #sessions td[data-label="Context"] { grid-area: 3 / 1 / 4 / -1; }
  #sessions td.number { grid-row: 4; }
  #sessions td.number:last-child { text-align: right; }
  #sessions td.number::before { content: attr(data-label); display: block; font-size: .75rem; color: var(--soft); }
  #sessions .looked tbody tr { display: block; padding: .6rem 0; }
  .summary { gap: .8rem 1.8rem; }
  .summary dd { font-size: 1.4rem; }
}
`;

/** A lit window. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#23615e"/><path d="M9 8h14v16H9z" fill="#f6d58f"/><path d="M15 8h2v16h-2zM9 15h14v2H9z" fill="#23615e"/></svg>`;
