import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { KeyMaterial } from '../contract/verifiedBots.ts';
import { requestHead } from '../http/index.ts';
import { KeyRing, thumbprint as thumbprintOf } from './keyRing.ts';
import { verifiedLimits } from './limits.ts';
import { type SignatureFault, signatureFaults } from './signatureFaults.ts';
import { headWith, makeSigner, signedFields } from './testing/signedRequests.ts';
import { checkSignature } from './webBotAuth.ts';

const nowS = 1_800_000_000;
const agent = 'https://bot.example';
const signer = makeSigner();
const ring = new KeyRing([{ operator: 'examplebot', signers: [agent], keys: [{ x: signer.x }] }]);
const verified = { kind: 'verified', operator: 'examplebot' };
const sign = (extra: Partial<Parameters<typeof signedFields>[1]> = {}) =>
  signedFields(signer, { authority: 'example.com', agent, createdS: nowS - 10, ...extra });

test('a signed request is its operator’s; a request without a signature has nothing to check', () => {
  assert.deepEqual(checkSignature(headWith(sign()), ring, nowS), verified);
  const bare = signedFields(signer, { authority: 'example.com', createdS: nowS });
  assert.deepEqual(checkSignature(headWith(bare), ring, nowS), verified);
  assert.equal(checkSignature(headWith([]), ring, nowS), null);
});

test('the authority is what the client signed: lower case, without the scheme’s own port, with any other', () => {
  assert.deepEqual(checkSignature(headWith(sign(), 'Example.COM:443'), ring, nowS), verified);
  assert.deepEqual(
    checkSignature(headWith(sign({ authority: 'example.com:8443' }), 'example.com:8443'), ring, nowS),
    verified,
  );
  const two = requestHead({
    method: 'GET',
    target: '/',
    version: '2',
    rawHeaders: sign(),
    scheme: 'https',
    clientAddress: '192.0.2.1',
    authority: 'example.com',
  });
  assert.deepEqual(checkSignature(two, ring, nowS), verified);
});

/** Edits one of the three fields of a rightly signed request. */
function edited(name: string, edit: (value: string) => string | undefined, fields = sign()): string[] {
  const lines: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index] === name ? edit(fields[index + 1]!) : fields[index + 1]!;
    if (value !== undefined) lines.push(fields[index]!, value);
  }
  return lines;
}
const input = (from: string | RegExp, to: string) =>
  edited('Signature-Input', (value) => {
    assert.notEqual(value.replace(from, to), value, 'the tampering changes nothing');
    return value.replace(from, to);
  });
const stranger = makeSigner();
const early = new KeyRing([
  { operator: 'examplebot', signers: [agent], keys: [{ x: signer.x, notBeforeS: nowS + 3_600 }] },
]);
const old = new KeyRing([
  { operator: 'examplebot', signers: [agent], keys: [{ x: signer.x, expiresS: nowS - 3_600 }] },
]);
const long = `sig1=("@authority" "x-long");created=${nowS};expires=${nowS + 60};keyid="${signer.keyid}";tag="web-bot-auth"`;

const tamperings: readonly (readonly [
  string,
  SignatureFault,
  string[],
  { authority?: string; keys?: KeyRing; mayVerify?: () => boolean }?,
])[] = [
  ['the input is cut off', 'malformed-input', edited('Signature-Input', (value) => value.slice(0, 30))],
  ['two inputs of one label', 'malformed-input', edited('Signature-Input', (value) => `${value}, ${value}`)],
  ['the tag is another one', 'other-tag', input('web-bot-auth', 'web-bot-other')],
  ['the input is no list', 'input-not-a-list', input(/\([^)]*\)/, '"@authority"')],
  ['the keyid is gone', 'no-keyid', input(/;keyid="[^"]*"/, '')],
  ['the keyid is a stranger’s', 'unknown-key', input(signer.keyid, stranger.keyid)],
  ['a stranger signs', 'unknown-key', signedFields(stranger, { authority: 'example.com', agent, createdS: nowS })],
  ['another algorithm is named', 'other-algorithm', input('alg="ed25519"', 'alg="rsa-pss-sha512"')],
  ['the algorithm is a token', 'other-algorithm', input('alg="ed25519"', 'alg=ed25519')],
  ['the signature is cut off', 'malformed-signature', edited('Signature', (value) => value.slice(0, -1))],
  ['the signature is gone', 'no-signature', edited('Signature', () => undefined)],
  ['the signature has another label', 'no-signature', edited('Signature', (value) => value.replace('sig1', 'sig2'))],
  ['the signature is a text', 'signature-not-bytes', edited('Signature', (value) => value.replace(/:(.*):/, '"$1"'))],
  ['the signature is shorter', 'signature-length', edited('Signature', () => 'sig1=:aGk=:')],
  ['created is gone', 'no-created', input(/;created=\d+/, '')],
  ['created is a text', 'no-created', input(/created=(\d+)/, 'created="$1"')],
  ['expires is gone', 'no-expires', input(/;expires=\d+/, '')],
  ['created lies ahead', 'created-ahead', sign({ createdS: nowS + 61 })],
  ['it is over', 'expired', sign({ createdS: nowS - 400, expiresS: nowS - 61 })],
  ['it ends before it begins', 'expires-before-created', sign({ createdS: nowS, expiresS: nowS - 1 })],
  ['it lives for days', 'lives-too-long', sign({ createdS: nowS, expiresS: nowS + 86_401 })],
  ['the key is not yet valid', 'key-not-yet-valid', sign(), { keys: early }],
  ['the key is not valid any more', 'key-expired', sign(), { keys: old }],
  ['the authority is not covered', 'authority-not-covered', input('"@authority" ', '')],
  ['the agent is not covered', 'agent-not-covered', input(' "signature-agent"', '')],
  [
    'the agent is added afterwards',
    'agent-not-covered',
    [...signedFields(signer, { authority: 'example.com', createdS: nowS }), 'Signature-Agent', `"${agent}"`],
  ],
  ['the agent is no text', 'malformed-agent', edited('Signature-Agent', () => 'https://bot.example')],
  ['the agent is somebody else', 'other-agent', sign({ agent: 'https://other.example' })],
  ['the agent is exchanged', 'other-agent', edited('Signature-Agent', () => '"https://other.example"')],
  ['the agent is no URL', 'other-agent', edited('Signature-Agent', () => '"bot"')],
  ['a component stands twice', 'component-twice', input('("@authority"', '("@authority" "@authority"')],
  ['a component is unknown', 'component-unsupported', input('("@authority"', '("@authority" "@status"')],
  ['a component has a parameter', 'component-unsupported', input('("@authority"', '("@authority";req')],
  ['a component’s name has capitals', 'component-unsupported', input('("@authority"', '("@authority" "Host"')],
  ['a covered field is missing', 'component-missing', input('("@authority"', '("@authority" "content-digest"')],
  [
    'too much is covered',
    'base-too-large',
    ['X-Long', 'x'.repeat(verifiedLimits.baseBytesMax), 'Signature-Input', long, ...sign().slice(-2)],
  ],
  ['too many sign at once', 'too-busy', sign(), { mayVerify: () => false }],
  ['the request goes to another site', 'wrong-signature', sign(), { authority: 'other.example' }],
  ['the request goes to another port', 'wrong-signature', sign(), { authority: 'example.com:8443' }],
  ['created is a second later', 'wrong-signature', input(`created=${nowS - 10}`, `created=${nowS - 9}`)],
  ['expires is a second later', 'wrong-signature', input(`expires=${nowS + 290}`, `expires=${nowS + 291}`)],
  ['the nonce is another one', 'wrong-signature', input('bm9uY2U=', 'bm9uY2V=')],
  ['a parameter is added', 'wrong-signature', edited('Signature-Input', (value) => `${value};x=1`)],
  ['parameters change their order', 'wrong-signature', input(/(;created=\d+)(;expires=\d+)/, '$2$1')],
  [
    'components change their order',
    'wrong-signature',
    input('"@authority" "signature-agent"', '"signature-agent" "@authority"'),
  ],
  ['another component is covered', 'wrong-signature', input('("@authority"', '("@authority" "@method"')],
  ['one bit of the signature', 'wrong-signature', edited('Signature', flipOneBit)],
  ['the agent has a slash more', 'wrong-signature', edited('Signature-Agent', () => '"https://bot.example/"')],
];

function flipOneBit(value: string): string {
  const bytes = Buffer.from(/:(.*):/.exec(value)![1]!, 'base64');
  bytes[10]! ^= 1;
  return `sig1=:${bytes.toString('base64')}:`;
}

for (const [what, fault, fields, { authority, keys, mayVerify } = {}] of tamperings) {
  test(`tampered: ${what}: ${fault}`, () => {
    assert.deepEqual(checkSignature(headWith(fields, authority), keys ?? ring, nowS, mayVerify), {
      kind: 'fault',
      fault,
    });
  });
}

test('every reason of the closed list has its tampering', () => {
  const seen = new Set(tamperings.map(([, fault]) => fault));
  assert.deepEqual(
    signatureFaults.filter((fault) => !seen.has(fault)),
    [],
  );
});

test('an unknown key costs no verification, however many are tried', () => {
  let asked = 0;
  const fields = signedFields(stranger, { authority: 'example.com', createdS: nowS });
  checkSignature(headWith(fields), ring, nowS, () => {
    asked += 1;
    return true;
  });
  assert.equal(asked, 0);
});

test('while a signer changes its key, the signature of the known one counts', () => {
  const other = signedFields(stranger, { authority: 'example.com', createdS: nowS, label: 'new' });
  const known = signedFields(signer, { authority: 'example.com', createdS: nowS, label: 'old' });
  const both = ['Signature-Input', `${other[1]}, ${known[1]}`, 'Signature', `${other[3]}, ${known[3]}`];
  assert.deepEqual(checkSignature(headWith(both), ring, nowS), verified);
});

const folder = fileURLToPath(new URL('../../../shared/data/web-bot-auth/', import.meta.url));
const skip =
  existsSync(folder) || process.env.CI === 'true' ? false : 'needs shared/data/web-bot-auth beside the checkout';
const vectors = <T>(name: string): T => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as T;

interface Vector {
  readonly key: { readonly x: string } | { readonly n: string; readonly e: string };
  readonly target_url: string;
  readonly created_ms: number;
  readonly signature: string;
  readonly signature_input: string;
  readonly signature_agent?: string;
}

test('the published vectors verify, Ed25519 and RSA, with and without Signature-Agent; not with an octet changed', {
  skip,
}, () => {
  for (const vector of vectors<Vector[]>('web_bot_auth_architecture_v1')) {
    const signers = ['https://signature-agent.test'];
    const keys = new KeyRing([{ operator: 'test', signers, keys: [vector.key] }]);
    const fields = ['Signature-Input', vector.signature_input, 'Signature', vector.signature];
    if (vector.signature_agent !== undefined) fields.push('Signature-Agent', vector.signature_agent);
    const { host, pathname } = new URL(vector.target_url);
    const nowS = vector.created_ms / 1_000 + 5;
    const check = checkSignature(headWith(fields, host, pathname), keys, nowS);
    assert.deepEqual(check, { kind: 'verified', operator: 'test' });
    const changed = fields.with(
      3,
      vector.signature.replace(/=:(.)/, (_, first) => `=:${first === 'A' ? 'B' : 'A'}`),
    );
    const fault = checkSignature(headWith(changed, host, pathname), keys, nowS);
    assert.deepEqual(fault, { kind: 'fault', fault: 'wrong-signature' });
    const otherwise = fields.with(1, vector.signature_input.replace(/alg="[^"]+"/, 'alg="ecdsa-p256-sha256"'));
    const other = checkSignature(headWith(otherwise, host, pathname), keys, nowS);
    assert.deepEqual(other, { kind: 'fault', fault: 'other-algorithm' });
  }
});

test('key ids are RFC 7638 thumbprints', { skip }, () => {
  for (const { jwk, precompute, sha256, thumbprint } of vectors<Record<string, string>[]>('jwk-thumbprint-vectors')) {
    const canonical = Buffer.from(precompute!, 'hex');
    assert.equal(createHash('sha256').update(canonical).digest('hex'), sha256);
    assert.equal(thumbprintOf(JSON.parse(jwk!) as KeyMaterial), thumbprint);
  }
});
