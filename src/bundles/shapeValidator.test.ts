import assert from 'node:assert/strict';
import { test } from 'node:test';
import { either, entriesOf, filled, listOf, oneAction, recordOf, required, text, wholeNumber } from '../shape/index.ts';
import { FindingList } from './findingList.ts';
import { ShapeValidator } from './shapeValidator.ts';

/* What no key of today uses, or none uses alone: a module's key may. */
const then = oneAction(
  {
    pass: recordOf({}, { says: 'nothing is done' }),
    limit: recordOf(
      {
        rate: required(wholeNumber({ min: 1, max: 100 })),
        burst: filled(wholeNumber({ min: 1, max: 100, default: 1 })),
      },
      { says: 'no more than so many', reason: 'limit-invalid' },
      { check: ({ rate, burst }) => (burst < rate ? 'burst is at least rate' : undefined) },
    ),
  },
  {},
);
const inner = recordOf(
  {
    names: listOf(text({ check: (name) => (name === '' ? 'a name is empty' : undefined) }), {
      each: 'name',
      min: 0,
      max: 3,
    }),
    pages: entriesOf(
      { status: required(wholeNumber({ min: 1, max: 9 })), body: required(text({})) },
      { each: 'page', under: 'status', value: 'body', max: 2 },
    ),
  },
  { reason: 'origin-invalid' },
);
const shape = recordOf(
  { then, inner, at: either(text({}), recordOf({ port: wholeNumber({ min: 1, max: 9 }) }, {}), {}) },
  { reason: 'host-invalid' },
);

function findings(value: unknown): readonly string[] {
  const list = new FindingList();
  const said = new ShapeValidator(list).record(shape, value, 'It');
  assert.equal(said, list.isEmpty ? value : undefined);
  return list.list().map(({ reason, message }) => `${reason}: ${message}`);
}

for (const [value, expected] of [
  [{ then: { action: 'pass' } }, []],
  [{ then: { action: 'limit', rate: 1, burst: 2 } }, []],
  // Who made the bundle had to fill it in.
  [{ then: { action: 'limit', rate: 1 } }, ['schema-invalid: It, then lacks burst.']],
  [{ then: { action: 'pass', rate: 1 } }, ['schema-invalid: It, then has what is not known here: "rate".']],
  [
    { then: { action: 'limit', rate: 0, burst: 2 } },
    ['limit-invalid: It, then: rate must be a whole number from 1 to 100.'],
  ],
  [{ then: { action: 'limit', rate: 2, burst: 1 } }, ['limit-invalid: It, then: burst is at least rate.']],
  [{ then: { action: 'toString' } }, ['host-invalid: It, then: the action must be one of pass, limit.']],
  [{ then: null }, ['host-invalid: It, then: the action must be one of pass, limit.']],
  [{ inner: { names: ['a', '', 5] } }, ['origin-invalid: It, inner.names: "", "5": a name is empty.']],
  [{ inner: { names: ['a', 'b', 'c', 'd'] } }, ['origin-invalid: It, inner.names has 4 names; at most 3 are allowed.']],
  [{ inner: { pages: [{ status: 1, body: 'x' }] } }, []],
  [{ inner: { pages: [{ status: 1 }] } }, ['schema-invalid: It, inner.pages, page 0 lacks body.']],
  [
    {
      inner: {
        pages: [
          { status: 1, body: 'x' },
          { status: 1, body: 'y' },
        ],
      },
    },
    ['origin-invalid: It, inner.pages: a status stands twice: "1".'],
  ],
  [{ inner: [] }, ['schema-invalid: It, inner must be an object.']],
  [{ at: 'x' }, []],
  [{ at: { port: 1 } }, []],
  [{ at: { port: 10 } }, ['host-invalid: It, at: port must be a whole number from 1 to 9.']],
  [{ at: 5 }, ['host-invalid: It: at must be text.']],
  [JSON.parse('{"__proto__": {"then": 1}}'), ['schema-invalid: It has what is not known here: "__proto__".']],
] as const) {
  test(JSON.stringify(value), () => assert.deepEqual(findings(value), expected));
}
