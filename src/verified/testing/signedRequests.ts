import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type RequestHead, requestHead } from '../../http/index.ts';
import { thumbprint } from '../keyRing.ts';

/* Signs requests as an operator's bot does, written apart from what verifies them. */

export interface Signer {
  readonly privateKey: KeyObject;
  readonly x: string;
  readonly keyid: string;
}

export function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x as string;
  return { privateKey, x, keyid: thumbprint({ x }) };
}

export interface ToSign {
  readonly authority: string;
  /** Without it no `Signature-Agent` is sent. */
  readonly agent?: string;
  readonly createdS: number;
  readonly expiresS?: number;
  readonly label?: string;
}

/** The three fields, name, value ...; `Signature-Agent` is the bare string of the earlier drafts. */
export function signedFields({ privateKey, keyid }: Signer, request: ToSign): string[] {
  const { authority, agent, createdS, expiresS = createdS + 300, label = 'sig1' } = request;
  const components = agent === undefined ? '("@authority")' : '("@authority" "signature-agent")';
  const input = `${components};created=${createdS};expires=${expiresS};keyid="${keyid}";alg="ed25519";nonce="bm9uY2U=";tag="web-bot-auth"`;
  const agentLine = agent === undefined ? '' : `"signature-agent": "${agent}"\n`;
  const base = `"@authority": ${authority}\n${agentLine}"@signature-params": ${input}`;
  const signature = sign(null, Buffer.from(base, 'latin1'), privateKey).toString('base64');
  return [
    ...(agent === undefined ? [] : ['Signature-Agent', `"${agent}"`]),
    'Signature-Input',
    `${label}=${input}`,
    'Signature',
    `${label}=:${signature}:`,
  ];
}

export function headWith(fields: readonly string[], authority = 'example.com', target = '/path'): RequestHead {
  return requestHead({
    method: 'GET',
    target,
    version: '1.1',
    rawHeaders: ['Host', authority, 'User-Agent', 'ExampleBot/1.0', ...fields],
    scheme: 'https',
    clientAddress: '192.0.2.1',
  });
}
