import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/*
 * The tree is the architecture: imports point downward only. Each folder lists what it may import besides itself and
 * which third-party packages it may use. The edge's list is short on purpose: whatever it imports can take it down.
 */
interface Room {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

const low = ['kernel', 'contract', 'http'];
const judging = [...low, 'lists', 'bots', 'rules', 'bundles', 'config'];
const rooms: Readonly<Record<string, Room>> = {
  kernel: { folders: [], packages: [] },
  contract: { folders: ['kernel', 'http'], packages: [] },
  http: { folders: ['kernel'], packages: [] },
  // Frames, header compression and sessions of HTTP/2: nothing of the product.
  http2: { folders: ['kernel', 'http'], packages: [] },
  // What is known of addresses, asked per request; and how it is made of the files that others publish.
  lists: { folders: ['kernel', 'contract'], packages: [] },
  bots: { folders: [...low, 'lists'], packages: [] },
  // CEL's parser runs once per rule when a bundle is compiled; re2js runs per request because its time is linear.
  rules: {
    folders: [...low, 'lists'],
    packages: ['@bufbuild/cel', '@bufbuild/protobuf', '@bufbuild/cel-spec', 're2js'],
  },
  bundles: { folders: [...low, 'bots', 'rules'], packages: [] },
  config: { folders: [...low, 'rules', 'bundles'], packages: ['yaml'] },
  // Reads what strangers send before HTTP begins: nothing but bytes in, verdicts out.
  wire: { folders: ['kernel'], packages: [] },
  edge: { folders: [...judging, 'wire', 'http2'], packages: [] },
  control: { folders: [...low, 'bundles'], packages: ['hono', '@hono/node-server', 'zod', 'pino', 'prom-client'] },
  factory: {
    folders: [...low, 'bots', 'bundles'],
    packages: ['@clickhouse/client', 'chdb', 'header-generator', 'user-agents'],
  },
  // What the scoring code makes of a log, as a page.
  replay: { folders: judging, packages: [] },
  demo: { folders: [], packages: [] },
  drills: { folders: [...judging, 'edge', 'control', 'factory'], packages: [] },
  cli: { folders: [...judging, 'control', 'factory', 'drills', 'replay'], packages: [] },
  main: {
    folders: [...judging, 'edge', 'control', 'factory', 'demo', 'drills', 'cli'],
    packages: ['pino', '@hono/node-server'],
  },
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'src');
const importPattern = /(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g;

interface Import {
  readonly file: string;
  readonly from: string;
  readonly specifier: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(importPattern)].map((match) => ({ file, from: file.split('/')[0]!, specifier: match[1]! }));
}

const sourceFiles = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort();

/** What is wrong with one import, or undefined. */
function faultOf({ file, from, specifier }: Import): string | undefined {
  const room = rooms[from];
  if (room === undefined) return `src/${file}: the folder src/${from} is in no row of this table; give it one`;
  if (specifier.startsWith('node:')) return undefined;
  if (specifier.startsWith('.')) {
    const target = relative(source, resolve(source, dirname(file), specifier));
    const to = target.split('/')[0]!;
    if (to === from || room.folders.includes(to)) return undefined;
    return `src/${file} imports src/${to}: '${from}' may import ${room.folders.join(', ') || 'nothing'}. Move the code down, or pass it in from main/`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (room.packages.includes(name)) return undefined;
  return `src/${file} uses the package '${name}': '${from}' may use ${room.packages.join(', ') || 'none'}. Each package there is a way to fail`;
}

test('imports point downward only, and each folder uses the packages it was granted', () => {
  const faults = sourceFiles
    .flatMap(importsOf)
    .map(faultOf)
    .filter((fault) => fault !== undefined);
  assert.deepEqual(faults, []);
});

test('the table itself can fail: an upward import, a foreign package and an unlisted folder are found', () => {
  assert.match(
    faultOf({ file: 'edge/a.ts', from: 'edge', specifier: '../control/x.ts' }) ?? '',
    /imports src\/control/,
  );
  assert.match(faultOf({ file: 'kernel/a.ts', from: 'kernel', specifier: '../edge/x.ts' }) ?? '', /imports src\/edge/);
  assert.match(faultOf({ file: 'edge/a/b.ts', from: 'edge', specifier: 'hono' }) ?? '', /uses the package 'hono'/);
  assert.match(faultOf({ file: 'attic/a.ts', from: 'attic', specifier: './b.ts' }) ?? '', /in no row/);
});

test('every package in package.json has its sentence in docs/dependencies.md', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const sentences = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const packages = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
    Object.keys(manifest[group] ?? {}),
  );
  assert.deepEqual(
    packages.filter((name) => !sentences.includes(`\`${name}\``)),
    [],
  );
});
