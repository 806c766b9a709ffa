/*
 * Runs real clients against a recording site on loopback and writes what they sent to the training corpus:
 *   node tools/node.js tools/record-clients.ts
 * Needs the browsers and tools of tools/install-test-tools.sh, and firefox-esr where Firefox shall be recorded again.
 */
import { writeFileSync } from 'node:fs';
import type { Session } from '../src/training/traffic/session.ts';
import { chromiumProgram, visitHeaded, visitHeadless } from '../test/browsers/chromium.ts';
import { startDisplay } from '../test/browsers/display.ts';
import { firefoxProgram, visitFirefox } from '../test/browsers/firefox.ts';
import { type RecordedRequest, startRecordingSite } from '../test/browsers/recordingSite.ts';
import { findTools, toolPaths } from '../test/browsers/tools.ts';

const corpusUrl = new URL('../src/training/corpus/recorded.jsonl', import.meta.url);
const pastedUserAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
];
/** A name without TLS: browsers then keep client hints and fetch metadata to themselves. */
const plainHost = 'shop.example';

const site = await startRecordingSite();
const display = await startDisplay();
const sessions: Session[] = [];

function keep(form: Pick<Session, 'family' | 'label' | 'pasted' | 'loopback'>): void {
  const requests = site.take();
  const start = requests[0]?.atMs ?? 0;
  sessions.push({ ...form, source: 'recorded', scheme: 'http', requests: requests.map((one) => neutral(one, start)) });
  process.stdout.write(`${form.family}${form.pasted ? ' (pasted)' : ''}: ${requests.length} requests\n`);
}

/** Takes the recording site's address out, so that nothing can be learnt from it. */
function neutral(request: RecordedRequest, startMs: number) {
  const { method, target, version, status } = request;
  const rawHeaders = request.rawHeaders.map((text) =>
    text.replaceAll(`127.0.0.1:${site.port}`, '{host}').replaceAll(`${plainHost}:${site.port}`, '{host}'),
  );
  return { afterMs: request.atMs - startMs, method, target, version, rawHeaders, status };
}

for (const tool of findTools()) {
  for (const agent of [undefined, ...pastedUserAgents]) {
    for (const path of toolPaths) await tool.fetch(site.url + path, agent);
    keep({ family: tool.family, label: 'bot', pasted: agent !== undefined, loopback: true });
  }
}
if (chromiumProgram() !== undefined) {
  for (const hostName of [undefined, plainHost]) {
    const loopback = hostName === undefined;
    await visitHeaded(site, display, hostName === undefined ? {} : { hostName });
    keep({ family: 'chromium', label: 'human', pasted: false, loopback });
    for (const userAgent of [undefined, ...pastedUserAgents]) {
      await visitHeadless(site, {
        ...(userAgent === undefined ? {} : { userAgent }),
        ...(hostName === undefined ? {} : { hostName }),
      });
      keep({ family: 'headless chromium', label: 'bot', pasted: userAgent !== undefined, loopback });
    }
  }
}
if (firefoxProgram() !== undefined) {
  for (const hostName of [undefined, plainHost]) {
    await visitFirefox(site, display, hostName);
    keep({ family: 'firefox', label: 'human', pasted: false, loopback: hostName === undefined });
  }
}
await display.close();
await site.close();
writeFileSync(corpusUrl, sessions.map((session) => `${JSON.stringify(session)}\n`).join(''));
