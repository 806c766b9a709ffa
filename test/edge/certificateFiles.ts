import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/contract/edgeOptions.ts';
import type { Undo } from './harness.ts';

/** A folder for certificates, removed with the test. */
export function certificateFolder(undo: Undo): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A self-signed certificate for `names`, in PEM files called `file`; written over what was there. */
export function makeCertificate(folder: string, file: string, names: readonly string[]): CertificateFiles {
  const certificatePath = join(folder, `${file}.pem`);
  const keyPath = join(folder, `${file}.key`);
  const subject = [
    '-subj',
    `/CN=${names[0]}`,
    '-addext',
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
  ];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-keyout', keyPath, '-out', certificatePath], {
    stdio: 'pipe',
  });
  return { certificatePath, keyPath };
}
