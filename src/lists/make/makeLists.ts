import { type AddressFamily, type ListSource, type ListsFile, startWords } from '../../contract/kinds/listsFile.ts';
import type { Interval } from './intervals.ts';
import { type Laid, layOut, layOutBits, mergeSteps, type Step } from './layOut.ts';

/** What a source says of a range. */
export interface CountryRange {
  readonly interval: Interval;
  /** ISO 3166-1 code. */
  readonly country: string;
}

export interface AsnRange {
  readonly interval: Interval;
  readonly asn: number;
}

export interface ListsInput {
  readonly sources: readonly ListSource[];
  readonly countries: readonly CountryRange[];
  readonly asns: readonly AsnRange[];
  /** By the list's name. */
  readonly lists: ReadonlyMap<string, readonly Interval[]>;
}

export interface MadeLists {
  readonly file: ListsFile;
  /** Ranges of countries and systems that lay within others of the same source. */
  readonly overlaps: number;
}

/** One lists file out of everything that sources say. Limits are the validator's business. */
export function makeLists({ sources, countries: countryRanges, asns: asnRanges, lists }: ListsInput): MadeLists {
  const countries = [...new Set(countryRanges.map(({ country }) => country))].sort();
  const places = new Map(countries.map((country, index) => [country, index + 1]));
  const asns = [0, ...new Set(asnRanges.map(({ asn }) => asn))];
  const asnPlaces = new Map(asns.map((asn, index) => [asn, index]));
  const names = [...lists.keys()].sort();
  const ofFamily = <T extends { readonly interval: Interval }>(
    ranges: readonly T[],
    family: AddressFamily,
    value: (range: T) => number,
  ): Laid[] =>
    ranges
      .filter(({ interval }) => interval.family === family)
      .map((range) => ({ interval: range.interval, value: value(range) }));
  let overlaps = 0;
  const networks = perFamily((family) => {
    const byCountry = layOut(ofFamily(countryRanges, family, ({ country }) => places.get(country)!));
    const byAsn = layOut(ofFamily(asnRanges, family, ({ asn }) => asnPlaces.get(asn)!));
    overlaps += byCountry.overlaps + byAsn.overlaps;
    const steps = within(
      family,
      mergeSteps(byCountry.steps, byAsn.steps, (country, asn) => asn * 256 + country),
    );
    return {
      starts: startsOf(steps, family),
      asns: Uint32Array.from(steps, ({ value }) => asns[Math.floor(value / 256)]!),
      countries: Uint8Array.from(steps, ({ value }) => value % 256),
    };
  });
  const members = perFamily((family) => {
    const ranges = names.flatMap((name, place) =>
      lists
        .get(name)!
        .filter((interval) => interval.family === family)
        .map((interval) => ({ interval, value: (1 << place) >>> 0 })),
    );
    const steps = within(family, layOutBits(ranges));
    return { starts: startsOf(steps, family), lists: Uint32Array.from(steps, ({ value }) => value) };
  });
  return { file: { schema: 1, sources, countries, names, networks, members }, overlaps };
}

function perFamily<T>(of: (family: AddressFamily) => T): Record<AddressFamily, T> {
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}

/** What ends with the last address has a step behind it, which is none. */
function within(family: AddressFamily, steps: readonly Step[]): readonly Step[] {
  const end = family === 'ipv4' ? 1n << 32n : 1n << 64n;
  return steps.filter(({ first }) => first < end);
}

function startsOf(steps: readonly Step[], family: AddressFamily): Uint32Array {
  const starts = new Uint32Array(steps.length * startWords[family]);
  for (const [index, { first }] of steps.entries()) {
    if (family === 'ipv4') starts[index] = Number(first);
    else starts.set([Number(first >> 32n), Number(first & 0xffff_ffffn)], index * 2);
  }
  return starts;
}
