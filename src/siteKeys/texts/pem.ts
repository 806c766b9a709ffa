import { X509Certificate } from 'node:crypto';
import { siteLimits } from './limits.ts';

const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----[A-Za-z0-9+/=\s]*-----END \1-----/g;

/**
 * What is wrong with a text that should hold PEM certificates and nothing else; undefined: nothing. Each is parsed,
 * because a certificate that is none would end every connection to the origin much later.
 */
export function certificateFault(text: string): string | undefined {
  if (text.length > siteLimits.pemCharsMax) {
    return `has ${text.length} characters; at most ${siteLimits.pemCharsMax} are allowed`;
  }
  if (text.includes('PRIVATE KEY')) return 'holds a private key, which must not travel; name its file with keyPath';
  const found = [...text.matchAll(block)];
  if (found.length === 0) return 'holds no PEM certificate';
  if (found.length > siteLimits.pemCertificatesMax) {
    return `holds ${found.length} certificates; at most ${siteLimits.pemCertificatesMax} are allowed`;
  }
  if (text.replaceAll(block, '').trim() !== '') return 'holds something besides PEM certificates';
  return found.every(([pem, label]) => label === 'CERTIFICATE' && isCertificate(pem))
    ? undefined
    : 'holds something that is no certificate';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
