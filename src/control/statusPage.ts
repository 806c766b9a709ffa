import { createHash } from 'node:crypto';

/*
 * The read-only page at `/`: one file, no assets from anywhere, so that it works when nothing else does. It builds every
 * node with textContent; nothing that came from a bundle or an edge is ever parsed as HTML.
 */

const style = `
  :root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #1b7f3b; --dim: #777; }
  body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 68rem; padding: 1.5rem; }
  h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
  header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--dim); } td { white-space: nowrap; } td:last-child { white-space: pre-line; overflow-wrap: anywhere; min-width: 12rem; } .scroll { overflow-x: auto; }
  .bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); } .dim, #state { color: var(--dim); }
  code { font-family: ui-monospace, monospace; font-size: .92em; }
  form { margin: 3rem auto; max-width: 26rem; } input { font: inherit; width: 100%; padding: .45rem; box-sizing: border-box; margin: .4rem 0 .8rem; }
  button { font: inherit; padding: .4rem 1rem; } [hidden] { display: none; }
  @media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7bd88f; --dim: #aaa; } }
`;

const script = `
  'use strict';
  const byId = (id) => document.getElementById(id);
  const refreshMs = 2000;
  let token = '';
  try { token = sessionStorage.getItem('holdfast-token') || ''; } catch { /* asked for each time then */ }

  function node(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }
  function table(id, heads, rows, empty) {
    const place = byId(id);
    place.replaceChildren();
    if (rows.length === 0) { place.append(node('p', empty, 'dim')); return; }
    const made = node('table'), head = node('tr'), body = node('tbody');
    for (const text of heads) { const cell = node('th', text); cell.scope = 'col'; head.append(cell); }
    for (const cells of rows) {
      const row = node('tr');
      for (const cell of cells) {
        const [text, className] = Array.isArray(cell) ? cell : [cell];
        row.append(node('td', String(text), className));
      }
      body.append(row);
    }
    const top = node('thead'); top.append(head); made.append(top, body); place.append(made);
  }
  function ago(ms) {
    const s = Math.max(0, Math.round((Date.now() - ms) / 1000));
    return s < 120 ? s + ' s ago' : s < 7200 ? Math.round(s / 60) + ' min ago' : new Date(ms).toISOString();
  }
  const versions = (all) => Object.entries(all).map(([kind, version]) => kind + '=' + version).join('  ') || 'none';
  const sum = (workers, key) => workers.reduce((total, worker) => total + worker.health[key], 0);

  async function ask(path) {
    const answer = await fetch(path, { headers: { authorization: 'Bearer ' + token }, cache: 'no-store' });
    if (answer.status === 401) { const refused = new Error('That is not the token.'); refused.isToken = true; throw refused; }
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.help || body.error);
    return body;
  }
  function show(kinds, edges, switches) {
    table('kinds', ['kind', 'newest', 'made', 'state', 'note'], kinds.map((kind) => {
      const newest = kind.history[0];
      return [kind.kind, kind.latest === 0 ? 'none published' : kind.latest, newest ? ago(newest.madeAtMs) : '',
        kind.frozen ? ['frozen', 'bad'] : ['open', 'good'], newest ? newest.note : ''];
    }), '');
    table('edges', ['edge', 'seen', 'in force', 'workers', 'requests', 'own 5xx', 'module failures', 'log records dropped', 'killed here'],
      edges.map(({ edge, lastSeenMs, report }) => [edge,
        [ago(lastSeenMs), Date.now() - lastSeenMs > 30000 ? 'bad' : ''], versions(report.versions), report.workers.length,
        sum(report.workers, 'requests'), [sum(report.workers, 'status5xxOwn'), sum(report.workers, 'status5xxOwn') ? 'bad' : ''],
        sum(report.workers, 'moduleFailures'), sum(report.workers, 'logRecordsDropped'), [report.localKilled.join(', '), 'bad']]),
      'No edge has reported yet.');
    const refusals = kinds.flatMap((kind) => kind.refusals.map((refusal) => ({ kind: kind.kind, ...refusal })));
    refusals.sort((a, b) => b.atMs - a.atMs);
    table('refusals', ['when', 'kind', 'version', 'where', 'reasons'], refusals.slice(0, 50).map((refusal) => [ago(refusal.atMs),
      refusal.kind, refusal.version === null ? '-' : refusal.version, refusal.where,
      refusal.findings.map((finding) => finding.reason + ': ' + finding.message).join('\\n')]), 'Nothing was refused.');
    table('switches', ['switched off'], switches.killed.map((name) => [[name, 'bad']]), 'Nothing is switched off.');
  }
  async function refresh() {
    if (token === '') { signIn(''); return; }
    try {
      const [kinds, edges, switches] = await Promise.all([ask('/v1/kinds'), ask('/v1/edges'), ask('/v1/switches')]);
      show(kinds, edges, switches);
      byId('sign-in').hidden = true; byId('page').hidden = false;
      byId('state').textContent = 'as of ' + new Date().toLocaleTimeString();
      byId('state').className = '';
    } catch (error) {
      if (error.isToken) { signIn(error.message); return; }
      byId('state').textContent = 'not up to date: ' + error.message;
      byId('state').className = 'bad';
    }
    setTimeout(refresh, refreshMs);
  }
  function signIn(message) {
    token = '';
    byId('sign-in').hidden = false; byId('page').hidden = true;
    byId('why').textContent = message;
  }
  byId('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    token = byId('token').value.trim();
    try { sessionStorage.setItem('holdfast-token', token); } catch { /* kept in this page alone */ }
    void refresh();
  });
  void refresh();
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const statusPageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export const statusPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Holdfast control</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<form id="sign-in" hidden>
  <h1>Holdfast control</h1>
  <p><label>Token <input id="token" type="password" autocomplete="off" required></label>
  It stands in <code>control/token</code> of the data folder.</p>
  <p id="why" class="bad" role="alert"></p>
  <button>Show status</button>
</form>
<main id="page" hidden>
  <header><h1>Holdfast control</h1><span id="state" role="status"></span></header>
  <h2>Kinds</h2><div id="kinds" class="scroll"></div>
  <h2>Edges</h2><div id="edges" class="scroll"></div>
  <h2>Switches</h2><div id="switches" class="scroll"></div>
  <h2>Refusals</h2><div id="refusals" class="scroll"></div>
</main>
<noscript>This page needs JavaScript; <code>holdfast features status</code> says the same in a terminal.</noscript>
<script>${script}</script>
</body>
</html>
`;
