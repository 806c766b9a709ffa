import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalReasons } from '../contract/finding.ts';
import type { Keys, Shape } from '../shape/index.ts';
import { siteKeys } from './all.ts';

/** Each shape in the rows with its path. */
function* shapesIn(path: string, shape: Shape): Generator<readonly [path: string, shape: Shape]> {
  yield [path, shape];
  if (shape.kind === 'list') yield* shapesIn(`${path}[]`, shape.item);
  if (shape.kind === 'record' || shape.kind === 'entries') yield* keysIn(path, shape.keys);
  if (shape.kind === 'action') {
    for (const [name, { keys }] of Object.entries(shape.actions)) yield* keysIn(`${path}.${name}`, keys);
  }
}

function* keysIn(path: string, keys: Keys): Generator<readonly [path: string, shape: Shape]> {
  for (const [key, shape] of Object.entries(keys)) yield* shapesIn(path === '' ? key : `${path}.${key}`, shape);
}

const shapes = [...keysIn('', siteKeys)];

test('every row names reasons of the closed list, and each key of a site has one', () => {
  const reasonsOf = (shape: Shape): readonly (string | undefined)[] => [
    shape.reason,
    'once' in shape ? shape.once?.reason : undefined,
    'countReason' in shape ? shape.countReason : undefined,
    'lengthReason' in shape ? shape.lengthReason : undefined,
  ];
  const unknown = shapes.flatMap(([path, shape]) =>
    reasonsOf(shape)
      .filter((reason) => reason !== undefined && !(refusalReasons as readonly string[]).includes(reason))
      .map((reason) => `${path}: ${reason}`),
  );
  assert.deepEqual(unknown, []);
  const without = Object.entries(siteKeys).filter(([, row]) => !('reason' in row));
  assert.deepEqual(
    without.map(([key]) => key),
    [],
  );
});

test('every key has its sentence for the page and the editor', () => {
  // An item has that of its list, and the keys of entries are of the user.
  const isSilent = ([path, shape]: (typeof shapes)[number]) =>
    shape.says === undefined && !path.endsWith('[]') && !/^(?:\w+Headers\.(?:set|add)|errorPages)\./.test(path);
  assert.deepEqual(
    shapes.filter(isSilent).map(([path]) => path),
    [],
  );
});

test('every default is one that could be said', () => {
  const wrong = shapes.filter(([, shape]) => {
    if (shape.kind === 'wholeNumber' && shape.default !== undefined) {
      return !(shape.default >= shape.min && shape.default <= shape.max);
    }
    return shape.kind === 'oneOf' && shape.default !== undefined && !shape.words.includes(shape.default);
  });
  assert.deepEqual(
    wrong.map(([path]) => path),
    [],
  );
});
