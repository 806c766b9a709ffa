/**
 * The payload of a `lists` bundle in memory: what is known of addresses, as steps. Step i holds from `starts[i]` up to the next step's start, so
 * steps cannot overlap; before the first one nothing is known. On the wire each array stands as the base64 of its octets, little-endian
 * (`docs/bundles.md`).
 */
export interface ListsFile {
  readonly schema: 1;
  /** Whose data it is: to be named where the data is shown. */
  readonly sources: readonly ListSource[];
  /** ISO 3166-1 codes; a step's country is its place here, from 1. */
  readonly countries: readonly string[];
  /** Names of the operator's lists; bit i of a step's members is list i. */
  readonly names: readonly string[];
  /** Country and autonomous system. */
  readonly networks: Readonly<Record<AddressFamily, NetworkSteps>>;
  /** Which lists hold an address. */
  readonly members: Readonly<Record<AddressFamily, MemberSteps>>;
}

export const addressFamilies = ['ipv4', 'ipv6'] as const;
export type AddressFamily = (typeof addressFamilies)[number];

export interface ListSource {
  readonly name: string;
  readonly licence: string;
  readonly attribution: string;
}

/**
 * First addresses in rising order: an IPv4 address is one number, an IPv6 address the two of its upper 64 bits (one
 * subscriber has a /64; nobody is told apart below it).
 */
export interface Steps {
  readonly starts: Uint32Array;
}

export interface NetworkSteps extends Steps {
  /** Number of the autonomous system; 0: unknown. */
  readonly asns: Uint32Array;
  /** Place in `countries` from 1; 0: unknown. */
  readonly countries: Uint8Array;
}

export interface MemberSteps extends Steps {
  /** One bit per list. */
  readonly lists: Uint32Array;
}

/** Numbers per start. */
export const startWords: Readonly<Record<AddressFamily, 1 | 2>> = { ipv4: 1, ipv6: 2 };

export const countryPattern = /^[A-Z]{2}$/;
export const listNamePattern = /^[a-z][a-z0-9-]{0,31}$/;

/** Lists that rules and features ask for by name; an operator's own have any other name. */
export const knownLists = ['crawler', 'hosting', 'vpn'] as const;
export type KnownList = (typeof knownLists)[number];

/** What a bundle of kind `lists` alone is refused for, and what each reason means: sentences without their full stops. */
export const listsReasons = {
  'lists-empty': 'nothing is known of any address',
  'lists-too-many': 'there are more steps, countries or names than there may be',
  'list-name-invalid': "a country or a list's name is not spelt as it has to be, or is there twice",
  'list-order-invalid': 'a range stands there twice, overlaps another, or is out of order',
  'list-value-invalid': 'a step points to a country or a list that the file does not name',
  'list-too-wide': 'a list holds more than a quarter of all addresses',
  'lists-shrunk': 'lists are gone, or one lost more than half of what it held',
} as const;
