import { readFileSync, statSync } from 'node:fs';
import type { BundleKind } from '../contract/bundleKind.ts';
import { freezableKinds, isBundleKind, isShippedKind, payloadBytesMax, rowOf } from '../contract/bundleKind.ts';
import type { EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { LocalStatus } from '../contract/localApi.ts';
import { systemClock } from '../kernel/clock.ts';
import { agentClient, askAndTell, type Client, controlClient, json } from './clients/controlClient.ts';
import { contentOf, contentText, localStatusText, statusText } from './kindText.ts';
import { controlOptions, controlUsage, readArguments, usageError, type Values } from './terminal/arguments.ts';
import { exitCodes, type Io } from './terminal/io.ts';

const options = {
  ...controlOptions,
  json: { type: 'boolean' },
  local: { type: 'boolean' },
  'accept-shift': { type: 'boolean' },
  note: { type: 'string' },
} as const;

interface OwnVerb {
  readonly usage: string;
  run(args: readonly string[], io: Io): Promise<number>;
}

/** What can be done with one kind alone. A report needs neither control nor an edge, and brings code that other verbs do without. */
const ownVerbs: { readonly [Kind in BundleKind]?: Readonly<Record<string, OwnVerb>> } = {
  model: {
    report: {
      usage: "report                       its evaluation, and what it makes of an access log ('report --help')",
      run: async (args, io) => (await import('./model/modelReport.ts')).modelReport(args, io),
    },
    shadow: {
      usage:
        'shadow FILE | --none         a second model on this edge, scored and counted beside it, acting on nothing',
      run: async (args, io) => (await import('./model/modelShadow.ts')).modelShadow(args, io),
    },
  },
  lists: {
    make: {
      usage: "make                         a file to publish, out of tables and ranges of others ('make --help')",
      run: async (args, io) => (await import('./lists/listsMake.ts')).listsMake(args, io),
    },
  },
};

/** `holdfast KIND ...`: the same for every kind, and what its own verbs add. */
export function kindVerb(kind: BundleKind, args: readonly string[], io: Io): Promise<number> {
  const [first = '', ...rest] = args;
  const own = ownVerbs[kind] ?? {};
  return Object.hasOwn(own, first) ? own[first]!.run(rest, io) : commonVerb(kind, args, io);
}

/** `holdfast freeze [KIND]`: without a kind, all that can be frozen. */
export function freeze(args: readonly string[], io: Io): Promise<number> {
  return freezeVerb('freeze', args, io);
}

/** `holdfast unfreeze [KIND]` */
export function unfreeze(args: readonly string[], io: Io): Promise<number> {
  return freezeVerb('unfreeze', args, io);
}

function usageOf(kind: BundleKind): string {
  return `usage: holdfast ${kind} VERB [options]

  show [VERSION] [--json]      content of the newest version, or of an older one
  publish FILE                 check, number, sign and spread what is in FILE
      --accept-shift           the scores are meant to change
      --note TEXT              a few words for the history
  rollback VERSION             old content under a new number, also while frozen (0: as shipped)
  freeze | unfreeze            take and hand out no new versions | do so again
  status [--json]              versions, edges, refusals with their reasons
      --local                  what this machine's edge says; works with control dead
${Object.values(ownVerbs[kind] ?? {})
  .map(({ usage }) => `  ${usage}\n`)
  .join('')}
${controlUsage}`;
}

async function commonVerb(kind: BundleKind, args: readonly string[], io: Io): Promise<number> {
  const usage = usageOf(kind);
  const read = readArguments(args, options, usage, io);
  if (typeof read === 'number') return read;
  const { values } = read;
  const [verb, word, ...more] = read.words;
  const client = controlClient(values.data as string, values.control as string | undefined);
  if (more.length > 0) return usageError(`there is one word too many: ${more[0]}`, usage, io);
  switch (verb) {
    case 'show':
      return show(kind, word, values, client, io);
    case 'status':
      return status(kind, values, client, io);
    case 'publish':
      return word === undefined
        ? usageError('publish which FILE?', usage, io)
        : publish(kind, word, values, client, io);
    case 'rollback':
      if (!/^\d{1,15}$/.test(word ?? '')) return usageError('roll back to which VERSION?', usage, io);
      return askAndTell(client, io, 'POST', `/v1/kinds/${kind}/rollback`, { version: Number(word) }, (answer) => {
        return `${kind} ${json<{ version: number }>(answer).version} now carries the content of ${word}\n${factoryHint(kind)}`;
      });
    case 'freeze':
    case 'unfreeze':
      return setFrozen(verb, kind, client, io);
    default:
      return usageError(verb === undefined ? 'which VERB?' : `there is no verb '${verb}' here`, usage, io);
  }
}

async function show(
  kind: BundleKind,
  word: string | undefined,
  values: Values,
  client: Client,
  io: Io,
): Promise<number> {
  if (word !== undefined && !/^\d{1,15}$/.test(word)) return usageError(`'${word}' is no version`, usageOf(kind), io);
  let version = Number(word);
  if (word === undefined) {
    const code = await askAndTell(client, io, 'GET', `/v1/kinds/${kind}`, undefined, (answer) => {
      version = json<KindStatus>(answer).latest;
      return '';
    });
    if (code !== exitCodes.done) return code;
  }
  const print = (bundle: Buffer | undefined) => {
    const content = contentOf(kind, bundle);
    return values.json === true ? `${content}\n` : contentText(kind, version, content);
  };
  if (version > 0) {
    return askAndTell(client, io, 'GET', `/v1/bundles/${kind}/${version}`, undefined, (answer) => print(answer.bytes));
  }
  if (!isShippedKind(kind)) {
    io.stderr.write(`no ${kind} were published yet, and the software ships none\n`);
    return exitCodes.refused;
  }
  io.stdout.write(print(undefined));
  return exitCodes.done;
}

async function status(kind: BundleKind, values: Values, client: Client, io: Io): Promise<number> {
  if (values.local === true) {
    const agent = agentClient(dataFolder(values.data as string));
    return askAndTell(agent, io, 'GET', '/local/status', undefined, (answer) => {
      const known = json<LocalStatus>(answer);
      return values.json === true
        ? `${JSON.stringify(known, null, 2)}\n`
        : localStatusText(kind, known, systemClock.wallMs());
    });
  }
  let edges: readonly EdgeStatus[] = [];
  const code = await askAndTell(client, io, 'GET', '/v1/edges', undefined, (answer) => {
    edges = json<EdgeStatus[]>(answer);
    return '';
  });
  if (code !== exitCodes.done) return code;
  return askAndTell(client, io, 'GET', `/v1/kinds/${kind}`, undefined, (answer) => {
    const known = json<KindStatus>(answer);
    if (values.json !== true) return statusText(known, edges, systemClock.wallMs());
    const versions = edges.map(({ edge, lastSeenMs, report }) => ({
      edge,
      lastSeenMs,
      version: report.versions[kind] ?? null,
    }));
    return `${JSON.stringify({ ...known, edges: versions }, null, 2)}\n`;
  });
}

/** What the factory makes comes by itself; somebody who puts one there by hand should hear so. */
function factoryHint(kind: BundleKind): string {
  if (rowOf(kind).maker !== 'factory') return '';
  return `the factory publishes again when ClickHouse says something new; 'holdfast freeze ${kind}' keeps this one\n`;
}

function publish(kind: BundleKind, path: string, values: Values, client: Client, io: Io): Promise<number> | number {
  let payload: Buffer;
  try {
    const bytesMax = payloadBytesMax[kind];
    // One byte more than is allowed is still sent, so that the refusal comes from the one validator.
    if (statSync(path).size > 2 * bytesMax)
      throw new Error(`it is far larger than the ${bytesMax} bytes a ${kind} file may have`);
    payload = readFileSync(path);
  } catch (error) {
    io.stderr.write(`holdfast: cannot read ${path}: ${(error as Error).message}\n`);
    return exitCodes.usage;
  }
  const query = new URLSearchParams();
  if (values['accept-shift'] === true) query.set('acceptShift', 'true');
  if (typeof values.note === 'string') query.set('note', values.note);
  // A file that is a signed bundle already goes in as it is.
  const route = payload.subarray(0, 14).toString('latin1') === '{"holdfast":1,' ? 'bundles' : 'payloads';
  return askAndTell(client, io, 'POST', `/v1/kinds/${kind}/${route}?${query}`, payload, (answer) => {
    const { version, sha256 } = json<{ version: number; sha256: string }>(answer);
    return `${kind} ${version} published (sha256 ${sha256.slice(0, 12)}…); 'holdfast ${kind} status' shows what the edges say\n${factoryHint(kind)}`;
  });
}

async function freezeVerb(verb: 'freeze' | 'unfreeze', args: readonly string[], io: Io): Promise<number> {
  const usage = `usage: holdfast ${verb} [KIND]\n\nWithout a kind: ${freezableKinds.join(', ')}. A roll back and the switches work while frozen.\n\n${controlUsage}`;
  const read = readArguments(args, controlOptions, usage, io);
  if (typeof read === 'number') return read;
  const [kind, ...more] = read.words;
  if (more.length > 0 || (kind !== undefined && !isBundleKind(kind))) return usageError('one KIND or none', usage, io);
  const client = controlClient(read.values.data as string, read.values.control as string | undefined);
  let worst: number = exitCodes.done;
  for (const each of kind === undefined ? freezableKinds : [kind]) {
    worst = Math.max(worst, await setFrozen(verb, each, client, io));
    if (worst === exitCodes.unreachable) break;
  }
  return worst;
}

function setFrozen(verb: 'freeze' | 'unfreeze', kind: BundleKind, client: Client, io: Io): Promise<number> {
  return askAndTell(client, io, 'POST', `/v1/kinds/${kind}/${verb}`, undefined, (answer) => {
    const { latest, frozen } = json<KindStatus>(answer);
    return `${kind} is ${frozen ? `frozen at ${latest}` : 'open'}\n`;
  });
}
