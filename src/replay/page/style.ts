/*
 * One page without requests to anywhere: system fonts, plots as inline SVG. Bars stretch with the page, their labels are
 * text beside them, so that a telephone shows both. Light or dark as the reader's system is.
 */
export const style = `
:root { color-scheme: light dark; --ground: #fbfaf7; --card: #fff; --ink: #1d2329; --dim: #66707a; --line: #e2dfd8;
  --named: #b8452f; --low: #dc9a2b; --high: #2c7d92; --good: #2e7d4f; --bad: #b8452f; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181c; --card: #1c2126; --ink: #e4e7ea; --dim: #98a3ad;
  --line: #2e353c; --named: #ec7b64; --low: #e9b95b; --high: #5fb4c8; --good: #74c795; --bad: #ec7b64; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem; margin-top: 1.25rem; }
.lead, .dim { color: var(--dim); } .lead { margin: .2rem 0 1rem; max-width: 46rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.4rem, 1fr)); gap: .75rem; margin-top: 1.5rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--mark, var(--line)); border-radius: .6rem; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.55rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: .85rem; }
.named { --mark: var(--named); } .low { --mark: var(--low); } .high { --mark: var(--high); } .good { --mark: var(--good); }
svg { display: block; width: 100%; } svg .named { fill: var(--named); } svg .low { fill: var(--low); } svg .high { fill: var(--high); }
svg .axis { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; fill: none; }
svg .mark { stroke: var(--dim); stroke-dasharray: 4 4; vector-effect: non-scaling-stroke; fill: none; } svg .track { fill: var(--line); } svg .good { fill: var(--good); } svg .line { stroke: var(--high); stroke-width: 2; fill: none; vector-effect: non-scaling-stroke; }
.plot { display: grid; grid-template-columns: auto 1fr; column-gap: .5rem; font-size: .78rem; color: var(--dim); font-variant-numeric: tabular-nums; }
.plot .y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; line-height: 1; }
.plot .x { grid-column: 2; position: relative; height: 1.5rem; margin-top: .3rem; }
.plot .x span { position: absolute; transform: translateX(-50%); white-space: nowrap; } .plot .x span:first-child { transform: none; } .plot .x span.end { transform: translateX(-100%); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; font-size: .85rem; color: var(--dim); margin: .7rem 0 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .4rem; background: var(--mark); vertical-align: -1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
th { color: var(--dim); font-weight: 600; font-size: .8rem; white-space: nowrap; } td:last-child, th:last-child { padding-right: 0; }
tbody tr:last-child td { border-bottom: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.bar { min-width: 7rem; } td svg { min-width: 6rem; }
.agent { color: var(--dim); font-size: .8rem; overflow-wrap: anywhere; display: block; max-width: 30rem; }
.word { font-weight: 600; white-space: nowrap; } .verified { color: var(--good); } .impostor { color: var(--bad); } .unverified { color: var(--dim); }
code, pre { font: .82rem/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 .8rem; color: var(--dim); }
.note { border-left: 4px solid var(--low); padding: .1rem 0 .1rem .9rem; margin: 1rem 0 0; max-width: 46rem; }
ul.plain { padding-left: 1.1rem; margin: .4rem 0 0; max-width: 46rem; } ul.plain li { margin: .25rem 0; }
footer { color: var(--dim); font-size: .85rem; margin-top: 1.5rem; }
@media (max-width: 40rem) { .x { display: none; } .plot .x { display: block; } body { padding: 1.25rem .8rem 3rem; } section { padding: 1rem .9rem; } }
@media print { section { break-inside: avoid; } }
`;
