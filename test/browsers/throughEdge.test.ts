import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { extract } from '../../src/bots/testing/features.ts';
import { requestHead } from '../../src/http/index.ts';
import { type ClientsSite, hostName, type PageReport, startClientsSite } from '../edge/clientsSite.ts';
import { Undo } from '../edge/harness.ts';
import { chromiumProgram, quietFlags } from './chromium.ts';
import { endProcess } from './display.ts';
import { firefoxProgram, quietPreferences } from './firefox.ts';
import { findProgram, runProgram } from './programs.ts';

/*
 * Browsers as they come, headless, through an edge: a page with style, script and image, a form, a redirect, a WebSocket.
 * Each browser opens the page once per listener; the page's script reports what it saw.
 */
const undo = new Undo();
after(() => undo.run());

const browsers = [
  { name: 'Chromium', needs: { chromium: chromiumProgram() }, command: chromiumCommand, opensTabs: false },
  {
    name: 'Firefox',
    needs: { 'firefox-esr': firefoxProgram(), certutil: findProgram('certutil') },
    command: firefoxCommand,
    opensTabs: true,
  },
];

const visits = [
  { scheme: 'http', listener: 'plain', protocol: 'http/1.1' },
  { scheme: 'https', listener: 'tls', protocol: 'http/1.1' },
  { scheme: 'https', listener: 'h2', protocol: 'h2' },
] as const;

for (const { name, needs, command, opensTabs } of browsers) {
  test(`${name}: page, form, redirect and WebSocket, plain, over TLS and over HTTP/2`, {
    timeout: 150_000,
  }, async (context) => {
    const missing = Object.entries(needs).filter(([, path]) => path === undefined);
    if (missing.length > 0) {
      assert.notEqual(process.env.CI, 'true', `CI installs ${missing.map(([program]) => program)}`);
      return context.skip(`this machine has no ${missing.map(([program]) => program)}`);
    }
    const site = await startClientsSite(undo);
    const profile = join(site.folder, 'profile');
    mkdirSync(profile);
    const urls = visits.map(({ scheme, listener }) => `${scheme}://${hostName}:${site.ports[listener]}/`);
    // Chromium without a window opens one page; Firefox is quicker with all of them at once.
    for (const together of opensTabs ? [urls] : urls.map((url) => [url])) {
      const expected = site.reports.length + together.length;
      const [program = '', ...args] = await command(site, profile, together);
      const browser = spawn(program, args, { stdio: 'ignore', env: { ...process.env, HOME: profile } });
      try {
        await untilReported(site, expected, 40_000);
      } finally {
        await endProcess(browser);
      }
    }
    for (const { listener, protocol } of visits) {
      const port = site.ports[listener];
      assert.deepEqual(
        site.reports.find((report) => report.port === port),
        {
          port,
          protocol,
          style: 'rgb(1, 2, 3)',
          image: 7,
          form: 'POST thing=a+small+box',
          redirected: 'true GET /new?from=old',
          socket: 'words, 70000 x 9, 4001, as you wish',
        } satisfies PageReport,
      );
    }
    assertOwnHandshakes(site);
  });
}

/** The connections that were sampled are opened as the browser's engine does it; a browser newer than the table may be unknown. */
function assertOwnHandshakes({ edge }: ClientsSite): void {
  const heads = edge.sent.flatMap((message) => (message.type === 'sample' ? message.heads : [])).map(requestHead);
  const seen = heads.filter(({ handshake }) => handshake !== null);
  assert.ok(seen.length > 0, `${heads.length} heads were sampled, none over TLS`);
  for (const head of seen) {
    const says = `${head.headers['user-agent']}: ${JSON.stringify(head.handshake)}`;
    assert.ok(!(extract('tls-family-mismatch', head) > 1), says);
    assert.ok(!(extract('http2-family-mismatch', head) > 0), says);
    assert.ok(!(extract('alpn-mismatch', head) > 0), says);
    assert.ok(!(extract('header-order-known', head) < 1), `${says}: ${head.rawHeaders}`);
  }
}

async function untilReported({ reports }: ClientsSite, count: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (reports.length < count) {
    if (performance.now() > deadlineMs) throw new Error(`${reports.length} of ${count} pages reported`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Chromium takes this one key for good, whoever signed it. */
async function chromiumCommand(
  { certificate }: ClientsSite,
  profile: string,
  urls: readonly string[],
): Promise<string[]> {
  const { publicKey } = new X509Certificate(readFileSync(certificate.certificatePath));
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const where = [`--host-resolver-rules=MAP ${hostName} 127.0.0.1`, `--user-data-dir=${profile}`];
  const trust = `--ignore-certificate-errors-spki-list=${digest}`;
  return [
    chromiumProgram() ?? '',
    ...quietFlags,
    '--headless=new',
    ...where,
    trust,
    '--remote-debugging-port=0',
    ...urls,
  ];
}

/** Firefox trusts the authority that its profile's certificate store names. */
async function firefoxCommand({ authority }: ClientsSite, profile: string, urls: readonly string[]): Promise<string[]> {
  const lines = Object.entries(quietPreferences).map(
    ([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const store = ['-d', `sql:${profile}`];
  const certutil = findProgram('certutil') ?? '';
  await runProgram(certutil, ['-N', ...store, '--empty-password']);
  const added = await runProgram(certutil, ['-A', ...store, '-n', 'test', '-t', 'C,,', '-i', authority]);
  assert.equal(added, 0, 'certutil takes the authority');
  return [firefoxProgram() ?? '', '--headless', '--no-remote', '--profile', profile, ...urls];
}
