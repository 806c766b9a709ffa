import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Display, endProcess } from './display.ts';
import { findProgram, runProgram } from './programs.ts';
import type { RecordingSite } from './recordingSite.ts';

/** Where requests go and how their arrival is seen: the recording site itself, or an edge in front of one. */
export type VisitTarget = Pick<RecordingSite, 'url' | 'arrived'>;

export const chromiumProgram = () => findProgram('chromium', 'chromium-browser', 'google-chrome');

/** Root needs --no-sandbox; the rest keeps the browser from calling home. None of them changes a request's head. */
export const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--password-store=basic',
];

export interface HeadlessOptions {
  readonly userAgent?: string;
  /** A name that resolves to the site: over plain http to it, browsers send neither client hints nor fetch metadata. */
  readonly hostName?: string;
}

/** One headless visit as scripts make it: load, wait for the page's scripts, print. */
export async function visitHeadless(target: VisitTarget, options: HeadlessOptions = {}): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
  try {
    const flags = [...quietFlags, '--headless=new', '--virtual-time-budget=4000', `--user-data-dir=${profile}`];
    if (options.userAgent !== undefined) flags.push(`--user-agent=${options.userAgent}`);
    await runProgram(
      chromiumProgram() ?? 'chromium',
      [...flags, ...hostFlags(options.hostName), '--dump-dom', `${siteUrl(target, options.hostName)}/`],
      { timeoutMs: 40_000 },
    );
  } finally {
    removeProfile(profile);
  }
}

/**
 * One headed visit as people make it: open a page by typing its address, type into its form and press Return, go back
 * with the keyboard. The page itself brings style, script, image, fetch, and XHR.
 */
export async function visitHeaded(
  target: VisitTarget,
  display: Display,
  options: { hostName?: string } = {},
): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
  const browser = spawn(
    chromiumProgram() ?? 'chromium',
    [...quietFlags, ...hostFlags(options.hostName), `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: 'ignore', env: { ...process.env, DISPLAY: display.name } },
  );
  try {
    await focusWithin(display, 'chromium', 20_000);
    await display.press('ctrl+l');
    await display.type(`${siteUrl(target, options.hostName)}/\n`);
    await expectArrival(target, '/api/prices', 'the typed address');
    await pause(500);
    await display.type('a small box\n');
    await expectArrival(target, '/orders', 'the form');
    await pause(500);
    await display.press('Tab', 'Return');
    await expectArrival(target, '/pages/more', 'the link');
    await display.press('ctrl+r');
    await pause(500);
  } finally {
    await endProcess(browser);
    removeProfile(profile);
  }
}

async function expectArrival(target: VisitTarget, path: string, what: string): Promise<void> {
  const came = await target.arrived((request) => request.target.startsWith(path), 20_000);
  if (!came) throw new Error(`the browser did not follow ${what}: no request for ${path}`);
}

export async function focusWithin(display: Display, windowClass: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await display.focus(windowClass))) {
    if (performance.now() > deadline) throw new Error(`no ${windowClass} window within ${timeoutMs} ms`);
    await pause(200);
  }
  await pause(500);
}

/** A person's pause between looking and typing; nothing is measured by it. */
function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

function hostFlags(hostName: string | undefined): string[] {
  return hostName === undefined ? [] : [`--host-resolver-rules=MAP ${hostName} 127.0.0.1`];
}

function siteUrl(target: VisitTarget, hostName: string | undefined): string {
  return hostName === undefined ? target.url : target.url.replace('127.0.0.1', hostName);
}

function removeProfile(profile: string): void {
  // Children of the browser may still write for a moment after it is gone.
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
