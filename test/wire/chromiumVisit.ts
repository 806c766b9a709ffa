import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingAddress } from './firstBytes.ts';

/** Root needs --no-sandbox; the rest keeps the browser from calling home. None of them changes what it says first. */
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--ignore-certificate-errors',
  '--dump-dom',
];

/** A headless browser opens a page under this name; it ends when enough of what it said is recorded. */
export async function visitWithChromium(program: string, hostName: string, address: RecordingAddress): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-wire-'));
  const names = [`--host-resolver-rules=MAP ${hostName} 127.0.0.1`, `--user-data-dir=${profile}`];
  const browser = spawn(program, [...flags, ...names, `https://${hostName}:${address.port}/`], {
    stdio: 'ignore',
    signal: address.recorded,
    timeout: 30_000,
  });
  browser.on('error', () => {});
  try {
    await new Promise((ended) => browser.on('close', ended));
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
