import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

const low = ['kernel', 'address', 'modules', 'shape', 'siteKeys', 'contract', 'http'];
const judging = [...low, 'lists', 'verified', 'bots', 'rules', 'bundles', 'config'];
const rooms: Readonly<Record<string, Room>> = {
  kernel: { folders: [], packages: [] },
  // The one reader of IP text: whoever has an address, a network or a client's key has it from here.
  address: { folders: ['kernel'], packages: [] },
  // What a setting may be, and every setting of a site: descriptions, free of files, YAML and bundles.
  shape: { folders: ['kernel'], packages: [] },
  siteKeys: { folders: ['kernel', 'address', 'shape', 'modules'], packages: [] },
  // What is declared of the modules: pure data, below whoever derives something from it.
  modules: { folders: ['kernel', 'shape', 'rates'], packages: [] },
  // Words and shapes that processes share; why a request is answered by the edge itself begins with what codecs refuse.
  contract: { folders: ['kernel', 'address', 'http', 'wire', 'modules', 'shape', 'siteKeys'], packages: [] },
  http: { folders: ['kernel'], packages: [] },
  // Frames, header compression and sessions of HTTP/2: nothing of the product.
  http2: { folders: ['kernel', 'http'], packages: [] },
  // Reads what strangers send before HTTP begins: nothing but bytes in, verdicts out.
  wire: { folders: ['kernel', 'address'], packages: [] },
  // What is known of addresses, asked per request; and how it is made of the files that others publish.
  lists: { folders: ['kernel', 'address', 'contract'], packages: [] },
  bots: { folders: [...low, 'lists'], packages: [] },
  // Token buckets: keys, limits and what workers tell each other of them. It shares nothing with bots.
  rates: { folders: ['kernel'], packages: [] },
  // Whose bot it is, apart from the score: it shares nothing with bots.
  verified: { folders: low, packages: [] },
  // CEL's parser runs once per rule when a bundle is compiled; re2js runs per request because its time is linear.
  rules: {
    folders: [...low, 'lists'],
    packages: ['@bufbuild/cel', '@bufbuild/protobuf', '@bufbuild/cel-spec', 're2js'],
  },
  bundles: { folders: [...low, 'bots', 'rules'], packages: [] },
  config: { folders: [...low, 'rules', 'bundles'], packages: ['yaml'] },
  // The one way to control's API: edge, factory and command line ask through it.
  controlClient: { folders: ['kernel', 'contract'], packages: [] },
  // The one HTTP server and client on unix sockets, for people and tools of the same machine.
  localSocket: { folders: ['kernel', 'http'], packages: [] },
  // What this machine served with last, on its disk: agent and workers read it, nobody else.
  lastgood: { folders: [...low, 'bundles'], packages: [] },
  // The data plane. It knows neither agent nor supervisor nor control.
  edge: { folders: [...judging, 'lastgood', 'rates', 'wire', 'http2'], packages: [] },
  // Brings bundles into force; serves no visitor, so it may die.
  agent: { folders: [...judging, 'lastgood', 'controlClient', 'localSocket'], packages: [] },
  // Owns sockets and workers, and answers when every worker is busy or dead.
  supervisor: { folders: [...low, 'localSocket'], packages: [] },
  control: { folders: [...low, 'bundles'], packages: ['hono', '@hono/node-server', 'zod'] },
  factory: {
    folders: [...low, 'bots', 'bundles', 'controlClient', 'localSocket'],
    packages: ['@clickhouse/client', 'chdb'],
  },
  // Makes models, on a developer's or operator's machine: no process of an edge loads it.
  training: { folders: [...low, 'bots'], packages: ['header-generator', 'user-agents'] },
  // What the scoring code makes of a log, as a page.
  replay: { folders: judging, packages: [] },
  demo: { folders: [], packages: [] },
  drills: { folders: judging, packages: [] },
  cli: { folders: [...judging, 'training', 'replay', 'controlClient', 'localSocket'], packages: [] },
  main: {
    folders: [...judging, 'lastgood', 'edge', 'agent', 'supervisor', 'control', 'factory', 'demo', 'drills', 'cli'],
    packages: ['@hono/node-server'],
  },
};

/*
 * Inside `edge` a request walks from the socket to the origin and back; who stands further along may know who stands
 * before, never the other way round. Modules know the pipeline and nobody of each other but by their slots.
 */
const edgeRooms: Readonly<Record<string, readonly string[]>> = {
  // What a request is to everybody, free of sockets and codecs.
  exchange: [],
  sockets: ['exchange'],
  counts: ['exchange'],
  overload: [],
  peers: [],
  upstream: ['exchange', 'sockets'],
  listen: ['exchange', 'sockets'],
  pipeline: ['exchange', 'counts', 'peers'],
  modules: ['exchange', 'pipeline', 'peers'],
  activeSet: ['exchange', 'pipeline'],
  log: ['counts', 'exchange', 'activeSet', 'pipeline', 'modules'],
  request: ['exchange', 'sockets', 'counts', 'overload', 'upstream', 'pipeline', 'modules', 'activeSet', 'log'],
  // Puts all of it together.
  worker: [
    'exchange',
    'sockets',
    'counts',
    'overload',
    'peers',
    'upstream',
    'listen',
    'pipeline',
    'modules',
    'activeSet',
    'log',
    'request',
  ],
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
    if (to === 'edge' && from === 'edge') return faultInEdge(file, target);
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

function faultInEdge(file: string, target: string): string | undefined {
  const [, from = '', ...deeper] = file.split('/');
  const to = target.split('/')[1]!;
  if (deeper.length === 0) return `src/${file} lies in no room of src/edge; find it one`;
  const allowed = edgeRooms[from];
  if (allowed === undefined) return `src/${file}: src/edge/${from} is in no row of the edge's table; give it one`;
  if (from === 'modules' && to === 'modules') return faultBetweenModules(file, target);
  if (to === from || allowed.includes(to)) return undefined;
  return `src/${file} imports src/edge/${to}: 'edge/${from}' may import ${allowed.join(', ') || 'nothing'} of the edge. What it needs belongs before it, or comes in through its constructor`;
}

/** `modules/all.ts` lists them; among each other they read slots alone. */
function faultBetweenModules(file: string, target: string): string | undefined {
  const [, , from, ...deeper] = file.split('/');
  const [, , to, name = ''] = target.split('/');
  if (deeper.length === 0 || from === to || /[sS]lot\.ts$/.test(name)) return undefined;
  return `src/${file} imports src/${target}: a module may read another one's slot and nothing else of it, so that each can be taken out alone`;
}

/** Folders that import each other, straight or by way of others; each ring once. */
function ringsOf(imports: readonly Import[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const from = dirname(file);
    const to = dirname(join(from, specifier));
    if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const left = [...(next.get(start) ?? [])];
    for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      left.push(...(next.get(folder) ?? []));
    }
    return seen;
  };
  const reached = new Map([...next.keys()].map((folder) => [folder, reach(folder)]));
  const rings = [...reached]
    .filter(([folder, seen]) => seen.has(folder))
    .map(([folder, seen]) =>
      [...seen]
        .filter((other) => reached.get(other)?.has(folder))
        .sort()
        .join(' ⇄ '),
    );
  return [...new Set(rings)];
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
  const inEdge = (file: string, specifier: string) => faultOf({ file, from: 'edge', specifier }) ?? '';
  assert.match(inEdge('edge/sockets/a.ts', '../listen/b.ts'), /'edge\/sockets' may import exchange of the edge/);
  assert.match(inEdge('edge/modules/bots/a.ts', '../rules/b.ts'), /slot and nothing else/);
  assert.equal(inEdge('edge/modules/rules/a.ts', '../bots/botsSlot.ts'), '');
  assert.match(inEdge('edge/a.ts', './listen/b.ts'), /lies in no room/);
});

/*
 * A ring of folders is one folder that looks like several: none of them can be read, tested or taken out alone. Types
 * count, because whoever reads follows them too.
 */
test('no ring of imports between folders', () => {
  assert.deepEqual(ringsOf(sourceFiles.flatMap(importsOf)), []);
  const between = (from: string, to: string): Import => ({ file: `${from}/a.ts`, from, specifier: `../${to}/b.ts` });
  assert.deepEqual(ringsOf([between('a', 'b'), between('b', 'c'), between('c', 'a'), between('d', 'a')]), [
    'a ⇄ b ⇄ c',
  ]);
});

/** Pairs of a text and what it must give: a flat list is what they are. */
const isData = (folder: string) => folder === 'src/config/cases';

test('no folder holds more than 25 files: a longer list has rooms in it that nobody has named yet', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  const sizes = new Map<string, number>();
  for (const file of tracked) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  const full = [...sizes].filter(([folder, files]) => files > 25 && !isData(folder)).map(([folder]) => folder);
  assert.deepEqual(full, []);
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
