import type { AddressFamily } from '../../contract/kinds/listsFile.ts';
import { countryPattern } from '../../contract/kinds/listsFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { Interval } from './intervals.ts';
import { makeLimits } from './makeLimits.ts';
import { type MmdbValue, MmdbValues } from './mmdbValues.ts';
import type { TableRanges } from './readTable.ts';

/** Stands before the metadata, which are the last thing in the file. */
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const metadataBytesMax = 128 << 10;
/** Zero octets between tree and data. */
const gapBytes = 16;
const ipv4Depth = 96;

/**
 * Reads a MaxMind DB (format 2.0): a binary tree over the bits of addresses whose leaves point to records. Of a record it takes the country
 * (`country_code`, or `country.iso_code`) and the system (`autonomous_system_number`). The error is a sentence; nothing in the
 * file makes it throw or go on without end.
 */
export function readMmdb(bytes: Buffer): Result<TableRanges, string> {
  try {
    return ok(new Tree(bytes).ranges());
  } catch (error) {
    return err(error instanceof RangeError ? `it is damaged: ${error.message}` : String(error));
  }
}

class Tree {
  readonly #bytes: Buffer;
  readonly #nodes: number;
  readonly #recordBits: number;
  readonly #isIpv6: boolean;
  readonly #values: MmdbValues;
  readonly #ranges: TableRanges = { countries: [], asns: [] };
  #visited = 0;

  constructor(bytes: Buffer) {
    const at = bytes.lastIndexOf(marker);
    if (at === -1 || bytes.length - at > metadataBytesMax) throw new RangeError('there are no metadata');
    const metadata = new MmdbValues(bytes.subarray(at + marker.length)).at(0);
    const number = (key: string) => {
      const value = fieldOf(metadata, key);
      if (typeof value !== 'number') throw new RangeError(`the metadata lack ${key}`);
      return value;
    };
    this.#bytes = bytes;
    this.#nodes = number('node_count');
    this.#recordBits = number('record_size');
    this.#isIpv6 = number('ip_version') === 6;
    if (![24, 28, 32].includes(this.#recordBits)) throw new RangeError(`records have ${this.#recordBits} bits`);
    const treeBytes = (this.#nodes * this.#recordBits) / 4;
    if (treeBytes + gapBytes > at) throw new RangeError('the tree is longer than the file');
    this.#values = new MmdbValues(bytes.subarray(treeBytes + gapBytes, at));
  }

  ranges(): TableRanges {
    if (!this.#isIpv6) {
      this.#walk('ipv4', 0, 0, 0n, -1);
      return this.#ranges;
    }
    let ipv4Root = 0;
    for (let depth = 0; depth < ipv4Depth && ipv4Root < this.#nodes; depth += 1) ipv4Root = this.#child(ipv4Root, 0);
    this.#walk('ipv4', ipv4Root, 0, 0n, -1);
    // IPv4 is hung into the tree at several places (6to4, mapped): it is read once.
    this.#walk('ipv6', 0, 0, 0n, ipv4Root < this.#nodes ? ipv4Root : -1);
    return this.#ranges;
  }

  #walk(family: AddressFamily, node: number, depth: number, prefix: bigint, leaveOut: number): void {
    if (node === leaveOut || node === this.#nodes) return;
    if (node > this.#nodes) {
      this.#add(intervalOf(family, depth, prefix), node - this.#nodes - gapBytes);
      return;
    }
    this.#visited += 1;
    if (this.#visited > makeLimits.nodesMax) throw new RangeError(`more than ${makeLimits.nodesMax} nodes`);
    if (depth === (family === 'ipv4' ? 32 : 128)) throw new RangeError('the tree is deeper than an address');
    this.#walk(family, this.#child(node, 0), depth + 1, prefix << 1n, leaveOut);
    this.#walk(family, this.#child(node, 1), depth + 1, (prefix << 1n) | 1n, leaveOut);
  }

  #child(node: number, side: 0 | 1): number {
    const bytes = this.#bytes;
    const at = (node * this.#recordBits) / 4;
    if (this.#recordBits === 32) return bytes.readUInt32BE(at + side * 4);
    if (this.#recordBits === 24) return bytes.readUIntBE(at + side * 3, 3);
    const shared = bytes[at + 3]!;
    return side === 0
      ? (shared >> 4) * 0x1_000_000 + bytes.readUIntBE(at, 3)
      : (shared & 15) * 0x1_000_000 + bytes.readUIntBE(at + 4, 3);
  }

  #add(interval: Interval, offset: number): void {
    const { countries, asns } = this.#ranges;
    if (countries.length + asns.length >= makeLimits.rangesMax)
      throw new RangeError(`more than ${makeLimits.rangesMax} networks`);
    const record = this.#values.at(offset);
    const country = fieldOf(record, 'country_code') ?? fieldOf(fieldOf(record, 'country'), 'iso_code');
    if (typeof country === 'string' && countryPattern.test(country)) countries.push({ interval, country });
    const asn = fieldOf(record, 'autonomous_system_number');
    if (typeof asn === 'number' && asn > 0 && asn < 2 ** 32) asns.push({ interval, asn });
  }
}

/** A network below a /64 of IPv6 counts as it. */
function intervalOf(family: AddressFamily, depth: number, prefix: bigint): Interval {
  const width = family === 'ipv4' ? 32 : 64;
  const upper = depth > width ? prefix >> BigInt(depth - width) : prefix;
  const free = BigInt(Math.max(0, width - depth));
  const first = upper << free;
  return { family, first, last: first + (1n << free) - 1n };
}

function fieldOf(value: MmdbValue, key: string): MmdbValue {
  return value instanceof Map ? value.get(key) : undefined;
}
