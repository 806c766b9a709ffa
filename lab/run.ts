import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Chance } from '../src/kernel/chance.ts';
import { seededRandom } from '../src/kernel/random.ts';
import { labText, readLabSessions } from '../src/training/traffic/labSessions.ts';
import type { Session } from '../src/training/traffic/session.ts';
import { type Display, endProcess, startDisplay } from '../test/browsers/display.ts';
import { findProgram, runProgram } from '../test/browsers/programs.ts';
import { type Stop, startWindowManager, visitAsPerson } from './headed.ts';
import { type Job, labJobs, type Protocol, urlOf } from './jobs.ts';
import { type LabEdge, type SeenRequest, startLabEdge } from './labEdge.ts';
import { startLabSite } from './labSite.ts';
import { enterOwnNetwork, furnishNetwork, type OwnNetwork, type Place, places, setSource } from './network.ts';

/* `npm run lab`: see docs/lab.md. Exits with 0, 1 when nothing was recorded, 2 for a slip in the arguments. */

const usage = `Usage: npm run lab -- [options]

Runs real clients against an edge in a network of its own, and writes what they sent:
  --out FILE    (src/training/corpus/lab.jsonl)
  --add         keeps the sessions that FILE holds already
  --only WORDS  only sessions whose family, client or behaviour has one of these words (comma between)
  --most N      at most so many sessions
  --minutes N   begins no session after so many (120)
  --seed N      draws pages, languages and order (1)
`;
/** Scanners and load tools send thousands; what they are shows in the first. */
const requestsKept = 40;

const code = readSettings();
process.exitCode = typeof code === 'number' ? code : (enterOwnNetwork() ?? (await record(code)));

interface Settings {
  readonly out: string;
  readonly add: boolean;
  readonly only: readonly string[];
  readonly most: number;
  readonly seed: number;
  readonly minutes: number;
}

function readSettings(): Settings | number {
  try {
    const { values } = parseArgs({
      options: {
        out: {
          type: 'string',
          default: fileURLToPath(new URL('../src/training/corpus/lab.jsonl', import.meta.url)),
        },
        add: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        most: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        minutes: { type: 'string', default: '120' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const { out, only, most, seed, minutes, add } = values;
    return {
      ...{ out, add },
      only: only.split(',').filter((word) => word !== ''),
      most: Number(most),
      seed: Number(seed),
      minutes: Number(minutes),
    };
  } catch (error) {
    process.stderr.write(`lab: ${(error as Error).message}\n${usage}`);
    return 2;
  }
}

async function record({ out, add, only, most, seed, minutes }: Settings): Promise<number> {
  const network = furnishNetwork();
  const site = await startLabSite();
  const edge = await startLabEdge(site.url, network);
  const chance = new Chance(seededRandom(seed));
  const all = labJobs(chance, network.folder, only).map((job, number) => ({ job, number }));
  const wanted = all
    .filter(({ job: { form } }) => {
      const text = `${form.family} ${form.client} ${form.behaviour}`;
      return only.length === 0 || only.some((word) => text.includes(word));
    })
    .slice(0, most);
  const sessions = (add ? readLabSessions(pathToFileURL(out)) : []).map((session) => ({ session, number: -1 }));
  const left = [...wanted];
  const endMs = performance.now() + minutes * 60_000;
  const takeJob = () => (performance.now() < endMs ? left.shift() : undefined);
  const workAt = async (place: Place) => {
    const display = needsDisplay(wanted) ? await startDisplay() : undefined;
    const windows = display && startWindowManager(display);
    for (let next = takeJob(); next !== undefined; next = takeJob()) {
      const { job, number } = next;
      const made = await recordOne(job, { place, display, edge, network, number, seed });
      for (const session of made) sessions.push({ session, number });
      write(sessions, out);
      const counts = made.map(({ requests }) => requests.length).join(' + ') || 'nothing';
      const { client, behaviour, pasted } = job.form;
      const what = `${client}, ${behaviour}, ${job.protocols.join(' ')}${pasted ? ', pasted' : ''}: ${counts}`;
      process.stdout.write(`${wanted.length - left.length}/${wanted.length} ${what}\n`);
    }
    if (windows !== undefined) await endProcess(windows);
    await display?.close();
  };
  await Promise.all(places.map(workAt));
  await edge.close();
  await site.close();
  process.stdout.write(`${out}: ${sessions.length} sessions\n`);
  return sessions.length > 0 ? 0 : 1;
}

function needsDisplay(wanted: readonly { readonly job: Job }[]): boolean {
  return wanted.some(({ job: { form, drive } }) => drive.kind === 'person' || /headed|selenium/.test(form.client));
}

interface Setup {
  readonly place: Place;
  readonly display: Display | undefined;
  readonly edge: LabEdge;
  readonly network: OwnNetwork;
  readonly number: number;
  readonly seed: number;
}

/** After each job anew, so that a run that is ended early leaves what it has. */
function write(sessions: { session: Session; number: number }[], out: string): void {
  sessions.sort((one, other) => one.number - other.number);
  writeFileSync(out, labText(sessions.map(({ session }) => session)));
}

/** What arrived of it: a session for each protocol, or none. */
async function recordOne(job: Job, setup: Setup): Promise<Session[]> {
  const sessions: Session[] = [];
  const stops = job.protocols.map((protocol, index) => stopOf(job, protocol, index, setup, sessions));
  try {
    await drive(job, stops, setup);
  } catch (error) {
    process.stderr.write(`lab: ${job.form.client}: ${(error as Error).message}\n`);
  }
  return sessions;
}

function stopOf(job: Job, protocol: Protocol, index: number, setup: Setup, sessions: Session[]): Stop {
  const { place, edge, number } = setup;
  const source = `127.${78 + index}.${(number >> 8) + 1}.${number & 255}`;
  return {
    url: urlOf(place, protocol),
    begin: () => setSource(place.slot, source),
    arrived: () => edge.has(source),
    end() {
      // What the browser still asks of the site before comes from the new address, too.
      const scheme = protocol === 'plain' ? 'http' : 'https';
      const seen = edge
        .take(source)
        .filter(({ head }) => head.scheme === scheme)
        .slice(0, requestsKept);
      if (seen.length > 0) sessions.push(sessionOf(job, protocol, seen, place));
    },
  };
}

async function drive({ drive }: Job, stops: readonly Stop[], setup: Setup): Promise<void> {
  const { display, network, number, seed } = setup;
  if (drive.kind === 'person') {
    if (display === undefined) throw new Error('a headed browser needs Xvfb and xdotool');
    const { publicKey } = new X509Certificate(readFileSync(network.certificate.certificatePath));
    const keyDigest = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    const { folder, authorityPath } = network;
    const chance = new Chance(seededRandom(seed * 10_000 + number));
    return visitAsPerson({ ...drive, stops, folder, display, keyDigest, authorityPath, chance });
  }
  const env = {
    HOME: network.folder,
    NODE_EXTRA_CA_CERTS: network.authorityPath,
    SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    ...(display === undefined ? {} : { DISPLAY: display.name }),
  };
  const stop = stops[0]!;
  stop.begin();
  for (const [index, [program = '', ...args]] of drive.commands(stop.url).entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, drive.pauseMs));
    await runProgram(program.includes('/') ? program : (findProgram(program) ?? program), args, {
      timeoutMs: drive.timeoutMs,
      env,
    });
  }
  stop.end();
}

function sessionOf(job: Job, protocol: Protocol, seen: readonly SeenRequest[], { host, oldHost }: Place): Session {
  const startMs = seen[0]!.atMs;
  return {
    ...job.form,
    source: 'recorded',
    scheme: protocol === 'plain' ? 'http' : 'https',
    loopback: false,
    requests: seen.map(({ atMs, head, handshake, status }) => ({
      afterMs: Math.round(atMs - startMs),
      method: head.method,
      target: head.target,
      version: head.version,
      status: status(),
      handshake,
      // The longer name first: it ends with the other.
      rawHeaders: head.rawHeaders.map((text) => text.replaceAll(oldHost, '{host}').replaceAll(host, '{host}')),
    })),
  };
}
