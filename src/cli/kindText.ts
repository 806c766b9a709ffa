import { readFileSync } from 'node:fs';
import { fileOf, readEnvelope } from '../bundles/index.ts';
import type { BundleKind } from '../contract/bundleKind.ts';
import type { EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { type SignalsFile, type SignalTable, signalFigures, signalTables } from '../contract/kinds/signalsFile.ts';
import type { LocalStatus } from '../contract/localApi.ts';
import { printableLines } from '../kernel/printable.ts';
import { findingLines } from './clients/controlClient.ts';
import { listsSummary } from './lists/listsText.ts';

const shownMax = 10;

/** The payload's text out of a bundle's bytes, or the one that the software ships with. */
export function contentOf(kind: BundleKind, bundle: Buffer | undefined): string {
  if (bundle === undefined)
    return readFileSync(new URL(`../../shipped/${kind}.json`, import.meta.url), 'utf8').trimEnd();
  const envelope = readEnvelope(bundle, kind);
  if (!envelope.ok) throw new Error(envelope.error.map((finding) => finding.message).join(' '));
  return Buffer.from(envelope.value.payload).toString('utf8');
}

/** For people: what the file says. */
export function contentText(kind: BundleKind, version: number, content: string): string {
  const title = `${kind} ${version}${version === 0 ? ' (as shipped)' : ''}`;
  return printableLines(`${title}${contentTexts[kind]?.(content) ?? `\n${content}\n`}`);
}

/** What stands behind the title, kind by kind; a kind that is not here shows its JSON. */
const contentTexts: { readonly [Kind in BundleKind]?: (content: string) => string } = {
  features: (content) => {
    const { features } = JSON.parse(content) as FeatureFile;
    const rows = features.map(({ name, type, extractor, parameters, range, default: fallback }) => [
      name,
      type,
      `${range[0]}..${range[1]}`,
      fallback === null ? 'missing' : String(fallback),
      extractor,
      Object.keys(parameters).length === 0 ? '' : JSON.stringify(parameters),
    ]);
    const heading = ['NAME', 'TYPE', 'RANGE', 'DEFAULT', 'EXTRACTOR', 'PARAMETERS'];
    return `: ${features.length} features\n${columns([heading, ...rows])}`;
  },
  model: (content) => {
    const { name, roots, feature, features } = JSON.parse(content) as ModelFile;
    const lines = [`name      ${name}`, `trees     ${roots.length}`, `nodes     ${feature.length}`];
    return `\n${lines.join('\n')}\nfeatures  ${features.length}: ${features.join(' ')}\n`;
  },
  lists: (content) => {
    const file = fileOf('lists', Buffer.from(content));
    return `\n${file === undefined ? '' : listsSummary(file)}`;
  },
  signals: (content) => {
    const file = JSON.parse(content) as SignalsFile;
    const until = new Date(file.windowEndMs).toISOString();
    return `: the hour until ${until}\n${signalTables.map((name) => signalRows(name, file[name])).join('')}`;
  },
};

/** A table's busiest rows. */
function signalRows(name: string, table: SignalTable): string {
  const rows = table.keys
    .slice(0, shownMax)
    .map((key, row) => [`  ${key}`, ...signalFigures.map((figure) => String(table[figure][row]))]);
  const heading = [
    `  ${name.toUpperCase()} (${table.keys.length})`,
    ...signalFigures.map((figure) => figure.toUpperCase()),
  ];
  return `\n${columns([heading, ...rows])}`;
}

export function statusText(status: KindStatus, edges: readonly EdgeStatus[], nowMs: number): string {
  const { kind, latest, frozen, history, refusals } = status;
  const lines = [`${kind}: version ${latest}${latest === 0 ? ' (as shipped)' : ''}, ${frozen ? 'FROZEN' : 'open'}\n`];
  lines.push('\nedges\n');
  if (edges.length === 0) lines.push('  none has reported yet\n');
  const inForce = edges.map(({ edge, lastSeenMs, report }) => [
    `  ${edge}`,
    report.versions[kind] === undefined ? 'none' : String(report.versions[kind]),
    `seen ${ago(lastSeenMs, nowMs)}`,
  ]);
  lines.push(columns(inForce), '\nversions\n');
  if (history.length === 0) lines.push('  none published; edges run what the software ships with\n');
  const rows = history
    .slice(0, shownMax)
    .map(({ version, madeAtMs, sha256, note }) => [
      `  ${version}`,
      new Date(madeAtMs).toISOString(),
      sha256.slice(0, 12),
      note,
    ]);
  lines.push(columns(rows), '\nrefusals\n');
  if (refusals.length === 0) lines.push('  none\n');
  for (const { version, where, atMs, findings } of refusals.slice(0, shownMax)) {
    lines.push(
      `  ${ago(atMs, nowMs)} at ${where}${version === null ? '' : `, version ${version}`}\n`,
      findingLines(findings, '    '),
    );
  }
  return printableLines(lines.join(''));
}

/** What one edge says of itself, without control. */
export function localStatusText(kind: BundleKind, status: LocalStatus, nowMs: number): string {
  const lines = [`${kind} on ${status.edge}: version ${status.versions[kind] ?? 'none'}; control ${status.control}\n`];
  const outcomes = status.outcomes.filter(({ outcome }) => outcome.kind === kind);
  for (const { atMs, outcome } of outcomes.slice(-shownMax).reverse()) {
    lines.push(`  ${ago(atMs, nowMs)}: version ${outcome.version} ${outcomeWords[outcome.outcome]}\n`);
    if (outcome.outcome === 'nack') lines.push(findingLines(outcome.findings, '    '));
  }
  if (status.missing.length > 0) lines.push('missing at the start of the agent\n', findingLines(status.missing));
  return printableLines(lines.join(''));
}

const outcomeWords = {
  ack: 'is in force',
  nack: 'was refused',
  superseded: 'was overtaken',
  later: 'waits for a worker',
};

function ago(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1_000));
  if (seconds < 120) return `${seconds} s ago`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min ago` : new Date(atMs).toISOString();
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
