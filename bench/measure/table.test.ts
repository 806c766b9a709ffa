import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Figure } from './figure.ts';
import { markdownTable } from './table.ts';

function figure(contender: string, values: readonly number[], more: Partial<Figure> = {}): Figure {
  return { caseName: 'a', measure: 'µs', contender, values, invalid: [], notServed: null, ...more };
}

const rowOf = (figures: readonly Figure[], line: number) => markdownTable(figures).split('\n')[line + 2];

it('a row says median, spread and how often HAProxy and nginx', () => {
  const figures = [figure('holdfast', [30, 24, 27]), figure('haproxy', [18]), figure('nginx', [13.5])];
  assert.equal(rowOf(figures, 0), '| a | µs | holdfast | 27.0 | 24.0–30.0 | 1.50 | 2.00 | 3 of 3 |');
  assert.equal(rowOf(figures, 2), '| a | µs | nginx | 13.5 | 13.5–13.5 | 0.75 | 1.00 | 1 of 1 |');
});

it('ratios are taken within a case and a measure, and left out without the reference', () => {
  const figures = [
    figure('holdfast', [200]),
    figure('haproxy', [100], { caseName: 'b' }),
    figure('nginx', [100], { measure: 'KiB' }),
  ];
  assert.equal(rowOf(figures, 0), '| a | µs | holdfast | 200 | 200–200 |  |  | 1 of 1 |');
});

it('what is not served says why, and what failed says how often', () => {
  const figures = [
    figure('varnish', [], { notServed: 'no TLS' }),
    figure('caddy', [9], { invalid: ['12 answers were not 2xx'] }),
    figure('httpxy', [], { invalid: ['died |\nof this', 'died |\nof this'] }),
  ];
  assert.equal(rowOf(figures, 0), '| a | µs | varnish | not served |  |  |  | no TLS |');
  assert.equal(
    rowOf(figures, 1),
    '| a | µs | caddy | 9.00 | 9.00–9.00 |  |  | 1 of 2, invalid: 12 answers were not 2xx |',
  );
  assert.equal(rowOf(figures, 2), '| a | µs | httpxy | no figure |  |  |  | 0 of 2, invalid: died of this |');
});
