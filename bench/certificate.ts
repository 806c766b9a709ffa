import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate signed by itself, with a P-256 key as most sites have today. */
export function makeCertificate(folder: string) {
  const certificatePath = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'key.pem');
  const bothPath = join(folder, 'both.pem');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example,IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...kind, ...names, '-keyout', keyPath, '-out', certificatePath], { stdio: 'pipe' });
  writeFileSync(bothPath, readFileSync(certificatePath, 'utf8') + readFileSync(keyPath, 'utf8'));
  return { certificatePath, keyPath, bothPath };
}
