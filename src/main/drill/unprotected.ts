import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noSeat } from '../../bots/index.ts';
import { type Content, readEnvelope } from '../../bundles/index.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { BundleKind } from '../../contract/bundleKind.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import type { EdgeOptions } from '../../contract/edgeOptions.ts';
import type { Finding } from '../../contract/finding.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { WorkerStart } from '../../contract/workerStart.ts';
import { botsSlot } from '../../edge/modules/bots/botsSlot.ts';
import { write } from '../../edge/pipeline/slot.ts';
import { withHead } from '../../edge/pipeline/substitute.ts';
import { ok, type Result } from '../../kernel/result.ts';
import { runFactory } from '../processes/factoryProcess.ts';
import { runAgent } from '../processes/runAgent.ts';
import { type ControlOptions, runControl } from '../processes/runControl.ts';
import { runSupervisor } from '../processes/runSupervisor.ts';
import { runWorker, type WorkerGuards } from '../processes/runWorker.ts';

/*
 * The counter-example of the drill: what the same processes do with three ports taken out. Validator: believes every
 * file. Last good: loads whatever file came last. Guard: the new proxy's lets the failure through, the old one's gives
 * everybody score 0. Started as `unprotected.ts ROLE DAY OPTIONS` by the drill and by nothing else; no configuration
 * leads here.
 */
type Day = 'new' | 'old';

/** From the first failure to the end of its process: until then it answers 5xx. */
const dyingMs = 3_000;

/** Memory for 200 features was allocated ahead; nobody thought that there could be more. */
const tableSize = 200;

/** What the old proxy said of everybody. No verdict of the product can say so: 0 is no score. */
const scoreZero = {
  kind: 'scored',
  score: 0,
  source: 'model',
  heuristics: [],
  vector: new Float32Array(0),
  verified: false,
} satisfies BotVerdict;

async function run(role: string, day: Day): Promise<void> {
  const file = process.argv[1] as string;
  const options = JSON.parse(process.argv[2] ?? '{}');
  switch (role) {
    case 'control':
      runControl(options as ControlOptions, { validate: believe });
      break;
    case 'factory':
      runFactory({ database: null, validate: believe });
      break;
    case 'supervisor':
      await runSupervisor(options as EdgeOptions, { agent: [file, 'agent', day], worker: [file, 'worker', day] });
      break;
    case 'agent':
      runAgent(options as EdgeOptions, { check: async () => [], stop: () => {} });
      break;
    case 'worker': {
      const { bundles } = dataFolder((options as WorkerStart).options.data);
      await runWorker(options as WorkerStart, (ordinary) => withoutLastGood(ordinary, join(bundles, 'features'), day));
      break;
    }
    default:
      throw new Error(`no such role: ${role}`);
  }
}

/** The validator that is none. */
function believe<Kind extends BundleKind>(kind: Kind, payload: Uint8Array): Result<Content<Kind>, Finding[]> {
  return ok({ kind, file: JSON.parse(Buffer.from(payload).toString('utf8')) } as Content<Kind>);
}

function withoutLastGood({ sets, guard }: WorkerGuards, featuresFolder: string, day: Day): WorkerGuards {
  let overflow: Error | undefined;
  let isDying = false;
  const load = () => {
    overflow = undefined;
    const table: string[] = Object.seal(new Array<string>(tableSize).fill(''));
    try {
      newestFeatures(featuresFolder)?.features.forEach((feature, index) => {
        table[index] = feature.name; // Throws behind the table's end: a sealed array takes no further entry.
      });
    } catch (error) {
      overflow = error as Error;
    }
  };
  return {
    sets: {
      readSet(versions) {
        load();
        const read = sets.readSet(versions);
        // What the store refuses is taken all the same.
        return read.ok ? read : ok({ ...sets.currentSet('current').set, versions });
      },
      currentSet(rung) {
        load();
        return sets.currentSet(rung);
      },
    },
    guard,
    substitute: withHead('bots', (request, ordinary) => {
      if (overflow === undefined) return ordinary();
      if (day === 'old') {
        write(request, botsSlot, { verdict: scoreZero, seat: noSeat });
        return undefined;
      }
      // The thread that scores is gone, and its proxy with it once this answer is out.
      if (!isDying) setTimeout(() => process.exit(101), dyingMs);
      isDying = true;
      request.isClosed = true;
      return undefined;
    }),
  };
}

/** The newest feature file that ever came, whatever became of it. */
function newestFeatures(folder: string): FeatureFile | undefined {
  try {
    const names = readdirSync(folder).sort((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10));
    const envelope = readEnvelope(readFileSync(join(folder, names[0] as string)), 'features');
    if (!envelope.ok) return undefined;
    return JSON.parse(Buffer.from(envelope.value.payload).toString('utf8')) as FeatureFile;
  } catch {
    return undefined;
  }
}

const [role, day] = process.argv.splice(2, 2) as [string, Day];
await run(role, day);
