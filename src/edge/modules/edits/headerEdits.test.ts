import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerNameFault } from '../../../bundles/index.ts';
import type { HeaderEdits } from '../../../contract/kinds/sitesFile.ts';
import { addField, type FieldLines, fieldNumberOf } from '../../../http/index.ts';
import { seededRandom } from '../../../kernel/random.ts';
import { compileHeaderEdits } from './headerEdits.ts';

function fieldsOf(lines: readonly (readonly [string, string])[]): FieldLines {
  const fields: FieldLines = { raw: [], numbers: [] };
  for (const [name, value] of lines) addField(fields, fieldNumberOf(name), name, value);
  return fields;
}

function headOf(lines: readonly (readonly [string, string])[]): string {
  return `GET /a:b HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

test('set takes the place of all lines of a name, add comes beside them, remove leaves none', () => {
  const edit = compileHeaderEdits({
    set: [{ name: 'X-Site', value: 'new' }],
    add: [{ name: 'vary', value: 'Cookie' }],
    remove: ['COOKIE', 'X-None'],
  })!;
  const fields = fieldsOf([
    ['Accept', 'a'],
    ['x-site', 'old'],
    ['Cookie', 'c=1'],
    ['X-SITE', 'older'],
    ['Vary', 'Accept'],
  ]);
  const expected = fieldsOf([
    ['Accept', 'a'],
    ['Vary', 'Accept'],
    ['X-Site', 'new'],
    ['vary', 'Cookie'],
  ]);
  assert.deepEqual(edit.editFields(fields), expected);
  assert.equal(fields.raw.length, 10);
});

test('nothing to do is said at once', () => {
  assert.equal(compileHeaderEdits({}), undefined);
  assert.equal(compileHeaderEdits({ set: [], add: [], remove: [] }), undefined);
});

test('any edits of any lines: the rest keeps its order, numbers fit names, and a written head says the same', () => {
  const random = seededRandom(5);
  const names = ['A', 'a', 'B', 'bb', 'BB', 'C-c', 'Set-Cookie', 'set-cookie', 'Accept', 'Content-Length'];
  const values = ['', '1', 'a: b', 'x, y'];
  const pick = (from: readonly string[]) => from[Math.floor(random.next() * from.length)]!;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  for (let round = 0; round < 2_000; round++) {
    const count = Math.floor(random.next() * 8);
    const before = Array.from({ length: count }, () => [pick(names), pick(values)] as const);
    const distinct = [...new Map(names.map((each) => [each.toLowerCase(), each])).values()].sort(
      () => random.next() - 0.5,
    );
    const [set, add, remove] = distinct as [string, string, string];
    const edits: HeaderEdits = {
      ...(random.next() < 0.8 && { set: [{ name: set, value: 's' }] }),
      ...(random.next() < 0.8 && { add: [{ name: add, value: 'a' }] }),
      remove: [remove],
    };
    const gone = [...(edits.set ?? []).map(({ name }) => name), remove];
    const lines = [...(edits.set ?? []), ...(edits.add ?? [])].map(({ name, value }) => [name, value] as const);
    const after = [...before.filter(([name]) => !gone.some((each) => same(each, name))), ...lines];
    const editor = compileHeaderEdits(edits)!;
    assert.deepEqual(editor.editFields(fieldsOf(before)), fieldsOf(after), `round ${round}`);
    assert.equal(editor.editHead(headOf(before)), headOf(after), `round ${round}`);
  }
});

test('what frames a message, names its site or is the edge’s word cannot be edited, however it is spelt', () => {
  for (const name of [
    ...['Host', 'HOST', 'Content-Length', 'content_length', 'Transfer-Encoding', 'transfer_encoding', 'Connection'],
    ...['Upgrade', 'TE', 'Trailer', 'Keep-Alive', 'Proxy-Connection', 'Expect', 'Via', 'HTTP2-Settings'],
    ...['Holdfast-Bot-Score', 'holdfast_bot_score', 'Holdfast-Error', 'Holdfast-Anything', 'A B', 'A:', '', 'A\r\nB'],
  ]) {
    assert.notEqual(headerNameFault(name), undefined, name);
  }
  for (const name of ['X-Forwarded-Proto', 'Set-Cookie', 'Server', 'Holdfastness', '__proto__']) {
    assert.equal(headerNameFault(name), undefined, name);
  }
});
