import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly keyPath: string;
}

/** A certificate that signed itself, for these subject alternative names (`DNS:a,IP:127.0.0.1`), written into `folder`. */
export function selfSigned(folder: string, name: string, alternativeNames: string): TestCertificate {
  const keyPath = join(folder, `${name}.key`);
  const certificatePath = join(folder, `${name}.pem`);
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternativeNames}`];
  execFileSync('openssl', ['req', ...kind, ...names, '-keyout', keyPath, '-out', certificatePath], { stdio: 'pipe' });
  return { certificate: readFileSync(certificatePath, 'utf8'), key: readFileSync(keyPath, 'utf8'), keyPath };
}
