import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { focusWithin, type VisitTarget } from './chromium.ts';
import { type Display, endProcess } from './display.ts';
import { findProgram } from './programs.ts';

export const firefoxProgram = () => findProgram('firefox-esr', 'firefox');

/** Keeps the browser from calling home and from opening pages of its own. */
export const quietPreferences: Readonly<Record<string, unknown>> = {
  'browser.startup.page': 0,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'extensions.update.enabled': false,
  'services.settings.server': 'data:,none',
  'browser.aboutwelcome.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'network.dns.forceResolve': '127.0.0.1',
};

/** One headed visit: the address from the command line, typing into the form, a reload. */
export async function visitFirefox(target: VisitTarget, display: Display, hostName?: string): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-firefox-'));
  const lines = Object.entries(quietPreferences).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const url = hostName === undefined ? target.url : target.url.replace('127.0.0.1', hostName);
  const browser = spawn(firefoxProgram() ?? 'firefox', ['--no-remote', '--profile', profile, `${url}/`], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display.name, HOME: profile },
  });
  const arrived = (path: string) => target.arrived((request) => request.target.startsWith(path), 40_000);
  try {
    if (!(await arrived('/api/prices'))) throw new Error('firefox did not load the page');
    await focusWithin(display, 'firefox', 10_000);
    await display.type('a small box\n');
    // Without a window manager the form's field does not always get the keyboard; the page itself has been recorded by then.
    await target.arrived((request) => request.target.startsWith('/orders'), 4_000);
    await display.press('ctrl+r');
    await target.arrived(() => false, 1_500);
  } finally {
    await endProcess(browser);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
