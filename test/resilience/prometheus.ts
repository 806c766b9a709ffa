/** One sample line of Prometheus' text format: name, labels in the order written, value. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const nameText = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const sampleText = new RegExp(`^(${nameText})(?:\\{(.*)\\})? (\\S+)$`);
const labelText = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/**
 * Reads text format 0.0.4 strictly: every sample belongs to the block of its `# TYPE` line, no block and no series comes
 * twice, histograms are cumulative and whole. Throws with the line that is wrong.
 */
export function parsePrometheus(text: string): readonly ParsedSample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: ParsedSample[] = [];
  const blocks = new Map<string, string>();
  const series = new Set<string>();
  let block = { name: '', type: '' };
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = new RegExp(`^# (HELP|TYPE) (${nameText}) (.+)$`).exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      if (what === 'HELP') continue;
      if (blocks.has(name)) throw new Error(`a second block: ${line}`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`no type: ${line}`);
      blocks.set(name, rest);
      block = { name, type: rest };
      continue;
    }
    const [, name = '', labels = '', value = ''] = sampleText.exec(line) ?? [];
    const suffix = name.slice(block.name.length);
    const suffixes = block.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!name.startsWith(block.name) || !suffixes.includes(suffix)) throw new Error(`no sample of its block: ${line}`);
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
    if (value === '' || Number.isNaN(number)) throw new Error(`no number: ${line}`);
    if (series.has(`${name}{${labels}}`)) throw new Error(`a second time: ${line}`);
    series.add(`${name}{${labels}}`);
    samples.push({ name, labels: parseLabels(labels, line), value: number });
  }
  for (const [name, type] of blocks) if (type === 'histogram') checkHistogram(name, samples);
  return samples;
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = labelText.exec(rest);
    if (match === null) throw new Error(`labels: ${line}`);
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(match[0].length);
  }
  return labels;
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const last = new Map<string, { count: number; bound: number }>();
  for (const { name: of, labels, value } of samples) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    const before = last.get(key) ?? { count: 0, bound: Number.NEGATIVE_INFINITY };
    if (of === `${name}_bucket`) {
      const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      if (!(bound > before.bound) || value < before.count) throw new Error(`${name}: bucket ${le} of ${key}`);
      last.set(key, { count: value, bound });
    }
    if (of === `${name}_count` && (value !== before.count || before.bound !== Number.POSITIVE_INFINITY))
      throw new Error(`${name}: count of ${key}`);
  }
}
