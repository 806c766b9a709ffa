import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withHead } from '../../src/edge/pipeline/substitute.ts';
import type { RequestHead } from '../../src/http/index.ts';
import { chromiumProgram, quietFlags } from '../../test/browsers/chromium.ts';
import { endProcess } from '../../test/browsers/display.ts';
import { firefoxProgram, quietPreferences } from '../../test/browsers/firefox.ts';
import { findProgram, runProgram } from '../../test/browsers/programs.ts';
import { hostName, startClientsSite } from '../../test/edge/clientsSite.ts';
import { Undo } from '../../test/edge/harness.ts';
import type { Observation } from './observation.ts';
import { tapBefore } from './tap.ts';
import { toolClients } from './toolClients.ts';

/**
 * Runs the browsers and tools of this machine against an edge of their own, over TLS, each more than once so that they take
 * sessions up again, and tells what they said and sent.
 */
export async function observeHere(log: (line: string) => void): Promise<Observation[]> {
  const undo = new Undo();
  try {
    // Every head that the edge would judge.
    const seen: RequestHead[] = [];
    const substitute = withHead('bots', ({ head }) => {
      seen.push(head);
      return undefined;
    });
    const site = await startClientsSite(undo, { substitute });
    const taps = await Promise.all([tapBefore(site.ports.h2), tapBefore(site.ports.tls)]);
    for (const tap of taps) undo.add(() => tap.close());
    const observations: Observation[] = [];
    const keep = (who: string, isBrowser: boolean, source: string) => {
      const heads = seen.splice(0);
      const hellos = taps.flatMap((tap) => tap.take());
      const version = isBrowser ? versionOf(heads) : 0;
      const http2 = [...new Set(heads.flatMap(({ handshake }) => handshake?.http2 ?? []))];
      observations.push({
        who,
        isBrowser,
        version,
        source: `${source}${isBrowser ? ` ${version}` : ''}`,
        hellos,
        http2,
        heads,
      });
      log(`${who} ${version}, ${source}: ${hellos.length} hellos, ${heads.length} heads`);
    };
    for (const { stack, name, program, args } of toolClients()) {
      // HTTP/2 where it is offered, and HTTP/1.1 alone.
      for (const { port } of taps)
        await runProgram(program!, args(`https://127.0.0.1:${port}/`), { timeoutMs: 30_000 });
      keep(stack, false, name);
    }
    const visit = async (name: string, command: (profile: string, url: string) => Promise<string[]>) => {
      for (const [index, tap] of taps.entries()) {
        const profile = join(site.folder, `${name}-${index}`);
        mkdirSync(profile);
        const [program = '', ...args] = await command(profile, `https://${hostName}:${tap.port}/`);
        await visitOnce(program, args, profile, () => site.reports.length);
      }
    };
    if (chromiumProgram() !== undefined) {
      await visit('chromium', chromiumCommand);
      keep('chromium', true, 'Chromium');
    }
    if (firefoxProgram() !== undefined && findProgram('certutil') !== undefined) {
      await visit('firefox', (profile, url) => firefoxCommand(site.authority, profile, url));
      keep('gecko', true, 'Firefox');
    }
    return observations;
  } finally {
    await undo.run();
  }
}

/** Until the page has told what it saw: all its requests are made then. */
async function visitOnce(program: string, args: string[], profile: string, reports: () => number): Promise<void> {
  const before = reports();
  const browser = spawn(program, args, { stdio: 'ignore', env: { ...process.env, HOME: profile } });
  const untilMs = performance.now() + 40_000;
  while (reports() === before && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 50));
  await endProcess(browser);
}

function versionOf(heads: readonly RequestHead[]): number {
  for (const { headers } of heads) {
    const named = /(?:Chrome|Firefox)\/(\d+)/.exec(headers['user-agent'] ?? '');
    if (named !== null) return Number(named[1]);
  }
  throw new Error('a browser came to nothing');
}

async function chromiumCommand(profile: string, url: string): Promise<string[]> {
  const where = [`--host-resolver-rules=MAP ${hostName} 127.0.0.1`, `--user-data-dir=${profile}`];
  return [
    chromiumProgram()!,
    ...quietFlags,
    '--headless=new',
    ...where,
    '--ignore-certificate-errors',
    '--remote-debugging-port=0',
    url,
  ];
}

/** Firefox trusts the authority that its profile's certificate store names. */
async function firefoxCommand(authority: string, profile: string, url: string): Promise<string[]> {
  const lines = Object.entries(quietPreferences).map(
    ([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const store = ['-d', `sql:${profile}`];
  await runProgram(findProgram('certutil')!, ['-N', ...store, '--empty-password']);
  await runProgram(findProgram('certutil')!, ['-A', ...store, '-n', 'test', '-t', 'C,,', '-i', authority]);
  return [firefoxProgram()!, '--headless', '--no-remote', '--profile', profile, url];
}
