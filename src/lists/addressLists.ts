import { type AddressWords, addressWords, type IpFamily, readAddress } from '../address/index.ts';
import type { ListsFile, MemberSteps, NetworkSteps } from '../contract/kinds/listsFile.ts';

/** What one request may ask of its client's address. Everything is undefined where it is not known. */
export interface ListedAddress {
  /** ISO 3166-1 code. */
  readonly country: string | undefined;
  /** Number of the autonomous system. */
  readonly asn: number | undefined;
  /** Names of the lists that hold it, in the order of the alphabet; undefined: there are no lists at all. */
  readonly lists: readonly string[] | undefined;
  /** undefined: there is no list of that name. */
  isIn(list: string): boolean | undefined;
}

const noNames: readonly string[] = Object.freeze([]);

/** Where there are no lists. One for everybody. */
export const unlisted: ListedAddress = Object.freeze({
  country: undefined,
  asn: undefined,
  lists: undefined,
  isIn: () => undefined,
});

/** Combinations of lists that are remembered as texts; an address in a combination beyond them has its names made anew. */
const combinationsMax = 1_024;

/**
 * The lists in force, ready to be asked per request: found by halving in the arrays that the bundle brought, nothing beside them
 * but the names. Immutable; one per version in force.
 */
export class AddressLists {
  readonly #file: ListsFile;
  readonly #bits: ReadonlyMap<string, number>;
  /** By members: the names, made when first asked for. */
  readonly #names = new Map<number, readonly string[]>([[0, noNames]]);

  constructor(file: ListsFile) {
    this.#file = file;
    this.#bits = new Map(file.names.map((name, place) => [name, (1 << place) >>> 0]));
  }

  /** The view of one address: reads and finds when the first question comes, once. Never throws, whatever the text. */
  of(address: string): ListedAddress {
    return new AskedAddress(this, address);
  }

  /** -1: nothing is known. */
  networkOf(family: IpFamily, asked: AddressWords): number {
    const { ipv4, ipv6 } = this.#file.networks;
    if (family === 4) return stepOf4(ipv4.starts, asked);
    return family === 6 ? stepOf6(ipv6.starts, asked) : -1;
  }

  country(family: IpFamily, step: number): string | undefined {
    if (step < 0) return undefined;
    const place = this.#networks(family).countries[step]!;
    return place === 0 ? undefined : this.#file.countries[place - 1];
  }

  asn(family: IpFamily, step: number): number | undefined {
    if (step < 0) return undefined;
    const asn = this.#networks(family).asns[step]!;
    return asn === 0 ? undefined : asn;
  }

  membersOf(family: IpFamily, asked: AddressWords): number {
    const { ipv4, ipv6 } = this.#file.members;
    if (family === 4) return listsAt(ipv4, stepOf4(ipv4.starts, asked));
    return family === 6 ? listsAt(ipv6, stepOf6(ipv6.starts, asked)) : 0;
  }

  /** 0: there is no list of that name. */
  bitOf(list: string): number {
    return this.#bits.get(list) ?? 0;
  }

  namesOf(members: number): readonly string[] {
    const known = this.#names.get(members);
    if (known !== undefined) return known;
    const names = Object.freeze(this.#file.names.filter((_, place) => ((members >>> place) & 1) === 1));
    if (this.#names.size < combinationsMax) this.#names.set(members, names);
    return names;
  }

  #networks(family: IpFamily): NetworkSteps {
    return family === 4 ? this.#file.networks.ipv4 : this.#file.networks.ipv6;
  }
}

/** Not asked for yet. */
const unasked = -2;
/** Shared: an answer is read out before the next question is asked. */
const asked = addressWords();

class AskedAddress implements ListedAddress {
  readonly #all: AddressLists;
  readonly #address: string;
  #family: IpFamily = 0;
  #network = unasked;
  #members = unasked;

  constructor(all: AddressLists, address: string) {
    this.#all = all;
    this.#address = address;
  }

  get country(): string | undefined {
    const step = this.#step();
    return this.#all.country(this.#family, step);
  }

  get asn(): number | undefined {
    const step = this.#step();
    return this.#all.asn(this.#family, step);
  }

  get lists(): readonly string[] {
    return this.#all.namesOf(this.#memberBits());
  }

  isIn(list: string): boolean | undefined {
    const bit = this.#all.bitOf(list);
    return bit === 0 ? undefined : (this.#memberBits() & bit) !== 0;
  }

  #step(): number {
    if (this.#network === unasked) {
      this.#family = readAddress(this.#address, asked);
      this.#network = this.#all.networkOf(this.#family, asked);
    }
    return this.#network;
  }

  #memberBits(): number {
    if (this.#members === unasked) {
      this.#members = this.#all.membersOf(readAddress(this.#address, asked), asked);
    }
    return this.#members;
  }
}

function listsAt({ lists }: MemberSteps, step: number): number {
  return step < 0 ? 0 : lists[step]!;
}

/** The last step that begins at or before the address; -1: it stands before all of them. */
function stepOf4(starts: Uint32Array, words: AddressWords): number {
  const address = words[3]!;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** By the upper half alone: lists hold nothing below a /64. */
function stepOf6(starts: Uint32Array, words: AddressWords): number {
  const upper = words[0]!;
  const lower = words[1]!;
  let low = 0;
  let high = starts.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const first = starts[middle * 2]!;
    const isBefore = first < upper || (first === upper && starts[middle * 2 + 1]! <= lower);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
