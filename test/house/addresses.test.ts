import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/*
 * Six readers of IP text disagreed once, and one visitor was several or several were one. Node's own functions take zones,
 * and a pattern of dots or colons takes what is no address: both are how a seventh reader begins.
 */
const otherReaders = [
  /\b(?:isIP|isIPv4|isIPv6|BlockList|SocketAddress)\b/,
  // `\d{1,3}\.\d{1,3}`, `\d+\.\d+\.\d+\.\d+`, `25[0-5]`, `::ffff`, `[0-9a-f:.]`
  /\\d\{1,3\}(?:\\\.|\)*\(\?:\\\.)/,
  /\\d\+(?:\\\.\\d\+){3}/,
  /25\[0-5\]/,
  /['"`/^]::ffff:/i,
  /split\('::'\)/,
];

/** Where a pattern only tells what a text is meant to be, and the reader says afterwards whether it is that; each with its reason. */
const shapes: Readonly<Record<string, string>> = {
  'edge/listen/trustedPeers.ts': 'takes the port off an entry of a chain',
  'supervisor/admin/adminServer.ts': 'a Host header, which names this machine or is refused',
};

function readersIn(text: string): RegExp[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return otherReaders.filter((pattern) => pattern.test(code));
}

test('the text of addresses is read by src/address and by nobody else', () => {
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('address/'))
    .filter((file) => readersIn(readFileSync(join(source, file), 'utf8')).length > 0)
    .sort();
  const unknown = found.filter((file) => shapes[file] === undefined);
  assert.deepEqual(unknown, [], 'read it with src/address: two readers of one text disagree sooner or later');
  assert.deepEqual(
    Object.keys(shapes).filter((file) => !found.includes(file)),
    [],
    'these have no such pattern any more: take them off the list',
  );
});

test('the patterns find the readers that there were', () => {
  for (const line of [
    "import { isIP } from 'node:net';",
    'const mapped = /^::ffff:(\\d{1,3}(?:\\.\\d{1,3}){3})$/i.exec(address);',
    'return /^127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$/.test(host);',
    'return /^::ffff:\\d+\\.\\d+\\.\\d+\\.\\d+$/i.test(address) ? address.slice(7) : address;',
    'const ipv4Pattern = /^(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}$/;',
    "const halves = text.split('::');",
  ]) {
    assert.notEqual(readersIn(line).length, 0, line);
  }
  assert.equal(readersIn("const [a, b] = version.split('.'); // ::ffff:192.0.2.1").length, 0);
});
