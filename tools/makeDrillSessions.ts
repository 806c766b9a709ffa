// Writes shipped/drill/sessions.jsonl.gz, the visitors of the drills:
//   node tools/node.js tools/makeDrillSessions.ts
// People and bots as the training generator makes them, with a seed of its own, and the recorded ones. A drill measures
// what a configuration does, not how good the model is (shipped/model-report.md says that): kept are people of whom the
// shipped model is sure, so that whoever of them is refused in a drill was refused because of the configuration.
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { DrillSession } from '../src/drills/drillSession.ts';
import { lowestScore } from '../src/drills/lowestScore.ts';
import { Chance } from '../src/kernel/chance.ts';
import { seededRandom } from '../src/kernel/random.ts';
import { makeBotSession } from '../src/training/traffic/botSessions.ts';
import { makeHumanSession } from '../src/training/traffic/humanSessions.ts';
import { openProfileSource } from '../src/training/traffic/profileSource.ts';
import { readRecordedSessions } from '../src/training/traffic/recordedSessions.ts';
import type { Session } from '../src/training/traffic/session.ts';

const wanted = { person: 160, bot: 80 };
/** 30 blocks; the rest is room for another model of the same data. */
const sureScore = 60;
const requestsMax = 14;
const durationMsMax = 20_000;

const random = seededRandom(20251118);
const chance = new Chance(random);
const source = openProfileSource(chance);
if (!source.ok) throw new Error(source.error);

const kept: DrillSession[] = [];
const seen = { person: 0, bot: 0 };
const counts = { person: 0, bot: 0 };

for (const session of readRecordedSessions()) keep(session);
for (let tries = 0; tries < 4_000 && counts.person < wanted.person; tries++)
  keep(makeHumanSession(chance, source.value));
for (let tries = 0; tries < 4_000 && counts.bot < wanted.bot; tries++) keep(makeBotSession(chance, source.value));

const text = kept.map((session) => `${JSON.stringify(session)}\n`).join('');
const folder = new URL('../shipped/drill/', import.meta.url);
mkdirSync(folder, { recursive: true });
const bytes = gzipSync(text, { level: 9 });
writeFileSync(new URL('sessions.jsonl.gz', folder), bytes);
console.log(
  `seen ${JSON.stringify(seen)}, kept ${JSON.stringify(counts)}, ${text.length} bytes, ${bytes.length} packed`,
);

function keep(session: Session): void {
  const made = toDrill(session);
  if (made === undefined || counts[made.label] >= wanted[made.label]) return;
  seen[made.label] += 1;
  if (made.label === 'person' && !isSure(made)) return;
  counts[made.label] += 1;
  kept.push(made);
}

/** Whatever is left to chance. */
function isSure(made: DrillSession): boolean {
  return Array.from({ length: 10 }, () => lowestScore(made, random)).every((score) => score >= sureScore);
}

/** The drill's edge speaks HTTP/1.1 without TLS. */
function toDrill(session: Session): DrillSession | undefined {
  if (session.scheme !== 'http') return undefined;
  const requests = session.requests
    .filter((request) => request.version === '1.1' && request.afterMs <= durationMsMax)
    .slice(0, requestsMax)
    .map(({ afterMs, method, target, rawHeaders }) => ({
      afterMs,
      method,
      target,
      rawHeaders: session.loopback ? rawHeaders : rawHeaders.map((value) => value.replaceAll('{host}', 'shop.example')),
    }));
  if (requests.length === 0) return undefined;
  return { label: session.label === 'human' ? 'person' : 'bot', family: session.family, requests };
}
