import { networkLookupKey } from '../../address/index.ts';
import { type SignalTableName, signalTables } from '../../contract/kinds/signalsFile.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { type ListedAddress, unlisted } from '../../lists/index.ts';
import { type AcceptFacts, acceptFacts } from '../facts/accept.ts';
import { type EncodingFacts, parseAcceptEncoding } from '../facts/acceptEncoding.ts';
import { type LanguageFacts, parseAcceptLanguage } from '../facts/acceptLanguage.ts';
import { type BrandFacts, parseBrands } from '../facts/clientHints.ts';
import { type Destination, destinationOf, type ExtensionClass, extensionClass } from '../facts/destination.ts';
import { chromiumDestinationRank, headerNameFacts } from '../facts/headerName.ts';
import { orderHighWith, orderLowWith, orderOf, orderStart } from '../facts/headerOrder.ts';
import { type UserAgentFacts, userAgentFacts } from '../facts/userAgent.ts';
import { http2Facts, type OpenerFacts, type TlsFacts, tlsFacts } from '../handshake/openers.ts';
import { noSignals, type Signals } from './signals.ts';

const brandLists = new BoundedMemo(parseBrands);
const languageLists = new BoundedMemo(parseAcceptLanguage);
const encodingLists = new BoundedMemo(parseAcceptEncoding);

/**
 * A request read once for all extractors and heuristics: headers walked once, values that repeat across requests parsed
 * once and remembered. Made per request, thrown away with it; pure, never throws.
 */
export class RequestFacts {
  readonly head: RequestHead;
  readonly userAgent: UserAgentFacts;
  /** null where the header is absent. */
  readonly brands: BrandFacts | null;
  readonly accept: AcceptFacts | null;
  readonly languages: LanguageFacts | null;
  readonly encodings: EncodingFacts | null;
  readonly extension: ExtensionClass;
  readonly destination: Destination;
  /** Browsers send Sec-Fetch-* and client hints to https and to this machine, not over plain http to others. */
  readonly isSecureContext: boolean;
  readonly headerCount: number;
  /** Bytes of names and values, with `: ` and CRLF. */
  readonly headerBytes: number;
  readonly lowerCaseNames: number;
  readonly foreignCaseNames: number;
  readonly unusualNames: number;
  readonly clientHints: number;
  readonly fetchMetadata: number;
  /** Headers that stand before one that the claimed engine always sends earlier; NaN where it keeps no order, or a proxy may have changed it. */
  readonly orderInversions: number;
  /** Order and spelling of the fields that every request of one client has; `headerOrderText` writes it. 0: a proxy's. */
  readonly headerOrder: number;
  /** How the connection was opened; null where it was not seen. */
  readonly tls: TlsFacts | null;
  readonly http2: OpenerFacts | null;
  /** What lists say of the client's address, when somebody asks. */
  readonly address: ListedAddress;
  /** Which numbers of field names there are: a bit each, 32 to a word. */
  readonly #presentLow: number;
  readonly #presentMiddle: number;
  readonly #presentHigh: number;
  readonly #presentTop: number;
  readonly #signals: Signals;
  /** Where the signals' tables have this request: looked up when the first feature asks. */
  readonly #rows = [unasked, unasked, unasked, unasked];

  constructor(head: RequestHead, signals: Signals = noSignals, address: ListedAddress = unlisted) {
    this.#signals = signals;
    this.address = address;
    const { fieldNumbers, headers, rawHeaders } = head;
    this.head = head;
    this.userAgent = userAgentFacts(headers['user-agent'] ?? '');
    this.brands = memoized(brandLists, headers['sec-ch-ua']);
    this.accept = acceptFacts(headers.accept);
    this.languages = memoized(languageLists, headers['accept-language']);
    this.encodings = memoized(encodingLists, headers['accept-encoding']);
    this.extension = extensionClass(head.path);
    this.destination = destinationOf(headers['sec-fetch-dest'], this.accept, this.extension);
    this.isSecureContext = head.scheme === 'https' || isLoopback(head.host);
    this.headerCount = rawHeaders.length >> 1;
    const { handshake } = head;
    this.tls = handshake === null || handshake.ja4 === null ? null : tlsFacts(handshake.ja4);
    this.http2 = handshake === null || handshake.http2 === null ? null : http2Facts(handshake.http2);

    const isGecko = this.userAgent.engine === 'gecko';
    // A page's script may give fetch an Accept of its own, which then moves forward among the headers it was set with.
    const acceptMoves = this.destination === 'fetch';
    const languageMoves = this.isLikeBrave;
    let headerBytes = 0;
    let lowerCaseNames = 0;
    let foreignCaseNames = 0;
    let unusualNames = 0;
    let clientHints = 0;
    let fetchMetadata = 0;
    let inversions = 0;
    let rankMax = 0;
    const start = orderStart(head.version);
    let orderHigh = start >>> 24;
    let orderLow = start & 0xffffff;
    let presentLow = 0;
    let presentMiddle = 0;
    let presentHigh = 0;
    let presentTop = 0;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const number = fieldNumbers[index >> 1]!;
      const name = headerNameFacts(rawHeaders[index]!, number);
      if (number < 32) presentLow |= 1 << number;
      else if (number < 64) presentMiddle |= 1 << number;
      else if (number < 96) presentHigh |= 1 << number;
      else presentTop |= 1 << number;
      headerBytes += name.lower.length + rawHeaders[index + 1]!.length + 4;
      if (name.isLowerCase) lowerCaseNames += 1;
      if (name.isForeignCase) foreignCaseNames += 1;
      if (!name.isSentByBrowsers) unusualNames += 1;
      if (name.isClientHint) clientHints += 1;
      if (name.isFetchMetadata) fetchMetadata += 1;
      orderHigh = orderHighWith(orderHigh, name.orderCode);
      orderLow = orderLowWith(orderLow, name.orderCode);
      const moves = (acceptMoves && name.lower === 'accept') || (languageMoves && name.lower === 'accept-language');
      const rank = isGecko ? name.geckoRank : moves ? 0 : name.chromiumRank;
      if (rank >= rankMax) rankMax = rank;
      else if (rank > 0 && !(name.isClientHint && rankMax === chromiumDestinationRank)) inversions += 1;
    }
    this.#presentLow = presentLow;
    this.#presentMiddle = presentMiddle;
    this.#presentHigh = presentHigh;
    this.#presentTop = presentTop;
    this.headerBytes = headerBytes;
    this.lowerCaseNames = lowerCaseNames;
    this.foreignCaseNames = foreignCaseNames;
    this.unusualNames = unusualNames;
    this.clientHints = clientHints;
    this.fetchMetadata = fetchMetadata;
    this.headerOrder = head.isRelayed ? 0 : orderOf(orderHigh, orderLow);
    const keepsOrder = isGecko || this.userAgent.engine === 'chromium';
    this.orderInversions = keepsOrder && !head.isRelayed ? inversions : Number.NaN;
  }

  /** Whether there is a header with this field number, from 1 on: a fraction of what a look into `head.headers` by name costs. */
  has(number: number): boolean {
    const words = number < 64 ? (number < 32 ? this.#presentLow : this.#presentMiddle) : this.#above(number);
    return (words & (1 << number)) !== 0;
  }

  #above(number: number): number {
    return number < 96 ? this.#presentHigh : this.#presentTop;
  }

  get claimsBrowser(): boolean {
    return this.userAgent.engine !== 'none';
  }

  /**
   * Chromium that asks not to be sold: Brave, which besides puts its language right behind Sec-GPC, draws its weight by
   * lot against fingerprinting, and takes no signed exchanges.
   */
  get isLikeBrave(): boolean {
    return this.userAgent.engine === 'chromium' && this.head.headers['sec-gpc'] !== undefined;
  }

  /** A figure of the fleet's last hour about requests like this one, both by their places; NaN when there is none. */
  signal(table: number, figure: number): number {
    let row = this.#rows[table]!;
    if (row === unasked) {
      row = this.#signals.row(table, this.#signalKey(signalTables[table]!));
      this.#rows[table] = row;
    }
    return this.#signals.figure(table, figure, row);
  }

  #signalKey(table: SignalTableName): string | number | null {
    switch (table) {
      case 'ja4':
        return this.head.handshake?.ja4 ?? null;
      case 'headerOrder':
        return this.headerOrder;
      case 'network':
        return networkLookupKey(this.head.clientAddress);
      case 'asn':
        return this.address.asn ?? null;
    }
  }

  /** Whether anything is known of how the connection was opened. */
  get isOpeningSeen(): boolean {
    return this.tls !== null || this.http2 !== null;
  }

  get hasSignals(): boolean {
    return this.#signals !== noSignals;
  }

  get isNavigation(): boolean {
    return this.destination === 'document' || this.destination === 'frame';
  }
}

/** Of a row that nobody asked for. */
const unasked = -2;

function memoized<T>(memo: BoundedMemo<T>, value: string | undefined): T | null {
  return value === undefined ? null : memo.get(value);
}

/** Hosts that browsers trust without TLS (W3C Secure Contexts section 3.1). */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]' || host.endsWith('.localhost');
}
