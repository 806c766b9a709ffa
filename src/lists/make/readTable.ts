import { countryPattern } from '../../contract/kinds/listsFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { intervalOfRange } from './intervals.ts';
import { makeLimits } from './makeLimits.ts';
import type { AsnRange, CountryRange } from './makeLists.ts';

/** What a table of others says; either list may be empty. */
export interface TableRanges {
  readonly countries: CountryRange[];
  readonly asns: AsnRange[];
}

/**
 * Reads lines of `first address,last address,value[,…]`, where the value is a country's code or a system's number (the CSV files of
 * `@ip-location-db`, iptoasn and others). An empty value says nothing. The error is a sentence.
 */
export function readTable(text: string): Result<TableRanges, string> {
  const ranges: TableRanges = { countries: [], asns: [] };
  let at = 0;
  for (let line = 1; at < text.length; line += 1) {
    const end = text.indexOf('\n', at);
    const row = text.slice(at, end === -1 ? text.length : end).trim();
    at = end === -1 ? text.length : end + 1;
    if (row === '' || row.startsWith('#')) continue;
    const [first = '', last = '', value = ''] = row.split(',', 3);
    const interval = intervalOfRange(first, last);
    if (interval === undefined) return err(`line ${line} does not begin with two addresses: ${row.slice(0, 80)}`);
    if (countryPattern.test(value)) ranges.countries.push({ interval, country: value });
    else if (isSystem(value)) ranges.asns.push({ interval, asn: Number(value) });
    else if (value !== '') return err(`line ${line} has neither a country nor a system: ${row.slice(0, 80)}`);
    if (line > makeLimits.rangesMax) return err(`more than ${makeLimits.rangesMax} lines`);
  }
  return ok(ranges);
}

function isSystem(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) < 2 ** 32;
}
