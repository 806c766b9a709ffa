import {
  addressWords,
  canonicalAddress,
  type Network,
  networkHolds,
  readAddress,
  readNetwork,
} from '../../address/index.ts';
import { type FieldLines, fieldNumber, fieldValue } from '../../http/index.ts';

const forwardedFor = fieldNumber('x-forwarded-for');
const forwardedProto = fieldNumber('x-forwarded-proto');
/** Chains of one visitor come again and again; both bounds together are half a megabyte. */
const rememberedMax = 4_096;
const rememberedCharsMax = 64;

export interface Told {
  readonly clientAddress: string;
  readonly scheme: 'http' | 'https';
}

/** Where an operator's own proxies stand; whoever comes from elsewhere with X-Forwarded-For may well have made it up. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', 'fc00::/7', '::1/128'].map(
  (cidr) => readNetwork(cidr)!,
);
/** Peers that are told of; a network full of them is told of by its first ones. */
const unnamedMax = 8;

/** The proxies whose word about the visitor counts, by CIDR. */
export class TrustedPeers {
  readonly #networks: readonly Network[];
  readonly #onUnnamed: (peerAddress: string) => void;
  readonly #unnamed = new Set<string>();
  readonly #visitors = new Map<string, string>();

  /**
   * Throws an Error naming the entry that is no CIDR; `holdfast check` finds it earlier. `onUnnamed` is told of peers that look like a
   * proxy nobody named, a few, once each.
   */
  constructor(cidrs: readonly string[], onUnnamed: (peerAddress: string) => void = () => {}) {
    this.#onUnnamed = onUnnamed;
    this.#networks = cidrs.map((cidr) => {
      const network = readNetwork(cidr);
      if (network === undefined) throw new Error(`trusted proxy "${cidr}" is not an address or CIDR like 10.0.0.0/8`);
      return network;
    });
  }

  has(address: string): boolean {
    if (this.#networks.length === 0) return false;
    return isIn(this.#networks, address);
  }

  /** What a trusted peer (and only such a one) tells of a request in its fields: whose it is, and how it reached that peer. */
  told({ raw, numbers }: FieldLines, peer: { readonly peerAddress: string; readonly scheme: Told['scheme'] }): Told {
    const clientAddress = this.#remembered(peer.peerAddress, fieldValue(raw, numbers, forwardedFor));
    const proto = fieldValue(raw, numbers, forwardedProto);
    const isHttps = proto !== undefined && proto.trim().toLowerCase() === 'https';
    return { clientAddress, scheme: isHttps ? 'https' : peer.scheme };
  }

  /** Looks at what a peer sends that is not trusted: all visitors of a proxy would be one to us. */
  notice({ numbers }: FieldLines, peerAddress: string): void {
    if (!numbers.includes(forwardedFor) || this.#unnamed.size >= unnamedMax || this.#unnamed.has(peerAddress)) return;
    if (!isIn(privateNetworks, peerAddress)) return;
    this.#unnamed.add(peerAddress);
    this.#onUnnamed(peerAddress);
  }

  /** `peerAddress` is trusted: what the chain says does not depend on it then, unless the chain names nobody. */
  #remembered(peerAddress: string, chain: string | undefined): string {
    if (chain === undefined) return peerAddress;
    const known = this.#visitors.get(chain);
    if (known !== undefined) return known;
    const visitor = this.visitorAddress(peerAddress, chain);
    if (visitor === peerAddress || chain.length > rememberedCharsMax) return visitor;
    if (this.#visitors.size >= rememberedMax) this.#visitors.clear();
    this.#visitors.set(chain, visitor);
    return visitor;
  }

  /**
   * The visitor as told by a trusted peer: the right-most address of the chain that is not itself trusted. An entry that
   * is no address ends the walk, because whoever wrote it cannot be believed about what stands left of it.
   */
  visitorAddress(peerAddress: string, forwardedFor: string | undefined): string {
    let visitor = peerAddress;
    const hops = forwardedFor === undefined ? [] : forwardedFor.split(',');
    for (let index = hops.length - 1; index >= 0 && this.has(visitor); index--) {
      const hop = plainAddress(hops[index]!.trim());
      if (hop === undefined) break;
      visitor = hop;
    }
    return visitor;
  }
}

/** `[2001:db8::1]:443`, `192.0.2.1:443` and mapped addresses as plain ones, in one spelling; undefined when it is no address. */
function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return canonicalAddress(bare);
}

const asked = addressWords();

function isIn(networks: readonly Network[], address: string): boolean {
  return readAddress(address, asked) !== 0 && networks.some((network) => networkHolds(network, asked));
}
