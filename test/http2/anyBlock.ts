import type { Random } from '../../src/kernel/random.ts';
import { indexed, literal, sizeUpdate } from './blockOctets.ts';

/** Mostly pieces that belong into a block, so that tables fill; then bits are turned and ends cut, or all is noise. */
export function anyBlock(random: Random): Buffer {
  const below = (most: number) => Math.floor(random.next() * most);
  if (random.next() < 0.1) return Buffer.from(Array.from({ length: below(60) }, () => below(256)));
  const pieces: Buffer[] = [];
  while (random.next() < 0.05) pieces.push(sizeUpdate(below(5_000)));
  const fields = random.next() < 0.02 ? 80 : below(12);
  for (let field = 0; field < fields; field++) {
    const kind = (['added', 'plain', 'never'] as const)[below(3)]!;
    const name = random.next() < 0.5 ? 1 + below(70) : anyName(random).toLowerCase();
    const value = random.next() < 0.02 ? '\n' : anyText(random);
    pieces.push(random.next() < 0.4 ? indexed(1 + below(66)) : literal(kind, name, value, random.next() < 0.5));
  }
  const block = Buffer.concat(pieces);
  if (random.next() < 0.2 && block.length > 0) block[below(block.length)]! ^= 1 << below(8);
  return random.next() < 0.05 ? block.subarray(0, below(block.length)) : block;
}

export function anyName(random: Random): string {
  const names = [
    'server',
    'Content-Type',
    'date',
    'x-a',
    'X-B',
    'etag',
    'set-cookie',
    ':status',
    'vary',
    'x-much-longer-name',
  ];
  return names[Math.floor(random.next() * names.length)]!;
}

export function anyText(random: Random): string {
  const chance = random.next();
  if (chance < 0.5) return ['', 'a', 'text/html', 'gzip', '200', 'v'.repeat(300)][Math.floor(random.next() * 6)]!;
  const length = random.next() ** 4 * 1_500;
  let text = '';
  for (let index = 0; index < length; index++) text += String.fromCharCode(random.next() * 256);
  return text;
}
