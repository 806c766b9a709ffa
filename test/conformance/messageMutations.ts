import type { Random } from '../../src/kernel/random.ts';
import { type Draft, type Piece, pick, type Role, whole } from './messageGrammar.ts';
import * as spellings from './spellings.ts';

/** Changes a draft a little. Most of what comes out is invalid in one place; some of it says the same in another spelling. */
export function mutate(draft: Draft, random: Random): void {
  const { pieces } = draft;
  if (pieces.length === 0) return;
  const chance = random.next();
  if (chance < 0.45) respell(pieces, random);
  else if (chance < 0.6) changeOctets(pieces, random);
  else if (chance < 0.66) removePiece(pieces, random);
  else if (chance < 0.72) repeatPiece(pieces, random);
  else if (chance < 0.76) swapPieces(pieces, random);
  else if (chance < 0.94) addField(draft, random);
  else if (chance < 0.97) cutOff(pieces, random);
  else if (chance < 0.9995) changeChunks(pieces, random);
  else grow(draft, random);
}

const spellingsOf: Readonly<Record<Role, readonly string[]>> = {
  method: spellings.oddMethods,
  target: [...spellings.oddTargets, ...spellings.targets],
  version: spellings.oddVersions,
  status: spellings.oddStatuses,
  reason: spellings.oddReasons,
  space: ['', '  ', '\t', ' \t', '\r', '\n', '\0', '\x0b', '\f', '\xa0', '\r\n'],
  'line-end': spellings.oddLineEnds,
  name: spellings.oddNames,
  colon: spellings.oddColons,
  blank: spellings.oddBlanks,
  value: spellings.oddValues,
  host: [...spellings.oddHosts, ...spellings.hosts],
  connection: spellings.connections,
  expectation: spellings.oddExpectations,
  upgrade: spellings.oddUpgrades,
  'content-length-name': spellings.contentLengthNames,
  'content-length': spellings.contentLengths,
  'transfer-encoding-name': spellings.transferEncodingNames,
  'transfer-encoding': spellings.transferEncodings,
  'head-end': spellings.oddLineEnds,
  'chunk-size': spellings.chunkSizes,
  'chunk-extension': [...spellings.oddChunkExtensions, ...spellings.chunkExtensions],
  octets: [...spellings.octets, ''],
};

function respell(pieces: Piece[], random: Random): void {
  const index = whole(random, pieces.length);
  const { role } = pieces[index]!;
  pieces[index] = { role, text: pick(random, spellingsOf[role]) };
}

/** Removes, replaces or puts in an octet, or changes one bit of it. */
function changeOctets(pieces: Piece[], random: Random): void {
  const index = whole(random, pieces.length);
  const { role, text } = pieces[index]!;
  const at = whole(random, text.length + 1);
  const chance = random.next();
  const octet = random.next() < 0.7 ? pick(random, spellings.octets) : String.fromCharCode(whole(random, 256));
  let changed: string;
  if (chance < 0.2) changed = text.slice(0, at) + text.slice(at + 1);
  else if (chance < 0.65) changed = text.slice(0, at) + octet + text.slice(at);
  else if (chance < 0.9) changed = text.slice(0, at) + octet + text.slice(at + 1);
  else {
    const flipped = String.fromCharCode((text.charCodeAt(at) || 0x20) ^ (1 << whole(random, 8)));
    changed = text.slice(0, at) + flipped + text.slice(at + 1);
  }
  pieces[index] = { role, text: changed };
}

function removePiece(pieces: Piece[], random: Random): void {
  pieces.splice(whole(random, pieces.length), 1);
}

function repeatPiece(pieces: Piece[], random: Random): void {
  const from = whole(random, pieces.length);
  const repeated = pieces.slice(from, from + 1 + whole(random, 6));
  const to = random.next() < 0.5 ? from : whole(random, pieces.length);
  pieces.splice(to, 0, ...repeated);
}

function swapPieces(pieces: Piece[], random: Random): void {
  const one = whole(random, pieces.length);
  const other = random.next() < 0.5 ? Math.min(one + 1, pieces.length - 1) : whole(random, pieces.length);
  [pieces[one], pieces[other]] = [pieces[other]!, pieces[one]!];
}

function cutOff(pieces: Piece[], random: Random): void {
  const index = whole(random, pieces.length);
  const { role, text } = pieces[index]!;
  pieces.length = index + 1;
  pieces[index] = { role, text: text.slice(0, whole(random, text.length + 1)) };
}

type FieldMaker = (random: Random) => [Role, string, Role, string];
const fieldMakers: readonly FieldMaker[] = [
  (random) => [
    'transfer-encoding-name',
    pickFirst(random, spellings.transferEncodingNames),
    'transfer-encoding',
    pickFirst(random, spellings.transferEncodings),
  ],
  (random) => [
    'content-length-name',
    pickFirst(random, spellings.contentLengthNames),
    'content-length',
    pickFirst(random, spellings.contentLengths),
  ],
  (random) => ['name', 'Connection', 'connection', pick(random, spellings.connections)],
  (random) => ['name', 'Proxy-Connection', 'connection', pick(random, spellings.connections)],
  (random) => ['name', 'Host', 'host', pick(random, [...spellings.hosts, ...spellings.oddHosts])],
  (random) => ['name', 'Expect', 'expectation', pick(random, spellings.oddExpectations)],
  (random) => ['name', 'Upgrade', 'upgrade', pick(random, spellings.oddUpgrades)],
  (random) => ['name', pick(random, spellings.oddNames), 'value', pick(random, spellings.oddValues)],
];

/** Half the time what stands first in the list: the plain spelling. */
function pickFirst(random: Random, list: readonly string[]): string {
  return random.next() < 0.5 ? list[0]! : pick(random, list);
}

/** A field line where one may stand: before a head's end, or before the end of a chunked body. */
function addField({ pieces }: Draft, random: Random): void {
  const places = pieces.flatMap((piece, index) =>
    piece.role === 'head-end' || piece.role === 'chunk-size' ? [index] : [],
  );
  if (places.length === 0) {
    respell(pieces, random);
    return;
  }
  let at = pick(random, places);
  // Behind the line of the last chunk stand the trailers.
  if (pieces[at]!.role === 'chunk-size') at = Math.min(pieces.length, at + 3);
  const [nameRole, name, valueRole, value] = pick(random, fieldMakers)(random);
  const line: Piece[] = [
    { role: nameRole, text: name },
    { role: 'colon', text: ':' },
    { role: 'blank', text: ' ' },
    { role: valueRole, text: value },
    { role: 'line-end', text: '\r\n' },
  ];
  pieces.splice(at, 0, ...line);
}

function changeChunks(pieces: Piece[], random: Random): void {
  const places = pieces.flatMap((piece, index) =>
    piece.role.startsWith('chunk-') || piece.role === 'octets' ? [index] : [],
  );
  if (places.length === 0) {
    respell(pieces, random);
    return;
  }
  const index = pick(random, places);
  const { role } = pieces[index]!;
  const text = pieces[index]!.text + pick(random, spellings.octets);
  pieces[index] = { role, text: random.next() < 0.5 ? text : pick(random, spellingsOf[role]) };
}

/** Past the bounds: on a head, its lines, or trailers. Seldom, since what comes out is long. */
function grow(draft: Draft, random: Random): void {
  const { pieces } = draft;
  const index = pieces.findIndex((piece) => piece.role === 'line-end');
  if (index === -1) return;
  const lastSize = pieces.findLastIndex((piece) => piece.role === 'chunk-size');
  const chance = random.next();
  if (chance < 0.4)
    pieces.splice(index + 1, 0, { role: 'octets', text: 'X-Many: y\r\n'.repeat(95 + whole(random, 20)) });
  else if (chance < 0.8 || lastSize === -1) {
    const length = (64 << 10) - 1_000 + whole(random, 2_000);
    pieces.splice(index + 1, 0, { role: 'octets', text: `X-Long: ${'y'.repeat(length)}\r\n` });
  } else {
    const length = (8 << 10) - 20 + whole(random, 40);
    pieces.splice(lastSize + 3, 0, { role: 'octets', text: `X-Long: ${'y'.repeat(length)}\r\n` });
  }
}
