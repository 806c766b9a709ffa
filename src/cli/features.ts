import { readFileSync, statSync } from 'node:fs';
import type { BundleKind } from '../contract/bundleKind.ts';
import { freezableKinds, isBundleKind, isShippedKind, payloadBytesMax, rowOf } from '../contract/bundleKind.ts';
import type { EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { LocalStatus } from '../contract/localApi.ts';
import { systemClock } from '../kernel/clock.ts';
import { hint } from '../kernel/didYouMean.ts';
import { agentClient, askAndTell, type Client, controlClient, json } from './clients/controlClient.ts';
import { contentOf, contentText, localStatusText, statusText } from './kindText.ts';
import { textOf } from './terminal/arguments.ts';
import { exitCodes, type Io } from './terminal/io.ts';
import type { Asked, Values } from './terminal/verb.ts';

/** `holdfast features …`, `holdfast model …` and so on: the same for every kind. */
export async function kindVerb(kind: BundleKind, { form, words, values, wrong }: Asked, io: Io): Promise<number> {
  const client = controlClient(values.data as string, textOf(values, 'control'));
  const [word] = words;
  const isVersion = word === undefined || /^\d{1,15}$/.test(word);
  switch (form) {
    case 'show':
      return isVersion ? show(kind, word, values, client, io) : wrong(`'${word}' is no version`);
    case 'publish':
      return publish(kind, word!, values, client, io);
    case 'rollback':
      if (!isVersion) return wrong(`'${word}' is no version`);
      return askAndTell(client, io, 'POST', `/v1/kinds/${kind}/rollback`, { version: Number(word) }, (answer) => {
        return `${kind} ${json<{ version: number }>(answer).version} now carries the content of ${word}\n${factoryHint(kind)}`;
      });
    case 'freeze':
    case 'unfreeze':
      return setFrozen(form, kind, client, io);
    default:
      return status(kind, values, client, io);
  }
}

async function show(
  kind: BundleKind,
  word: string | undefined,
  values: Values,
  client: Client,
  io: Io,
): Promise<number> {
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

/** `holdfast freeze [KIND]`, `holdfast unfreeze [KIND]`: without a kind, all that can be frozen. */
export async function freezeVerb(
  verb: 'freeze' | 'unfreeze',
  { words, values, wrong }: Asked,
  io: Io,
): Promise<number> {
  const [kind] = words;
  if (kind !== undefined && !isBundleKind(kind))
    return wrong(`there is no kind '${kind}'${hint(kind, freezableKinds)}`);
  const client = controlClient(values.data as string, textOf(values, 'control'));
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
