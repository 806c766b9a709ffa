import { type Random, seededRandom } from '../src/kernel/random.ts';

/** One request head of the load, as the visitor's browser sends it through a proxy that the edge trusts. */
export interface BenchHead {
  readonly target: string;
  /** Name, value, name, value …, in the order of that browser. */
  readonly headers: readonly string[];
}

interface Browser {
  readonly userAgent: string;
  /** Client hints come before the user agent in Chromium; others send none. */
  readonly hints: readonly string[];
  readonly accept: string;
  readonly encodings: string;
}

const systems = [
  { agent: 'Windows NT 10.0; Win64; x64', hint: '"Windows"' },
  { agent: 'Macintosh; Intel Mac OS X 10_15_7', hint: '"macOS"' },
  { agent: 'X11; Linux x86_64', hint: '"Linux"' },
] as const;
const languages = [
  'en-US,en;q=0.9',
  'de-DE,de;q=0.9,en;q=0.7',
  'fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3',
  'ja,en-US;q=0.7',
] as const;
const shelves = ['ropes', 'shackles', 'cleats', 'sails', 'winches', 'charts', 'lamps'] as const;

/**
 * Different heads of `clients` visitors, the same for the same seed. Each visitor keeps its browser, language, session and
 * address; page, query, referer and what it counts in a cookie change. Neighbours in the list are of different visitors.
 */
export function makeHeads(count: number, clients: number, seed = 1): BenchHead[] {
  const random = seededRandom(seed);
  const visitors = Array.from({ length: clients }, (_, index) => new Visitor(index, random));
  return Array.from({ length: count }, (_, index) => visitors[index % clients]!.next(index));
}

class Visitor {
  readonly #random: Random;
  readonly #browser: Browser;
  readonly #language: string;
  readonly #session: string;
  readonly #address: string;
  readonly #sendsCookies: boolean;
  #page = '/';

  constructor(index: number, random: Random) {
    this.#random = random;
    this.#browser = browserOf(random);
    this.#language = pick(random, languages);
    this.#session = hex(random, 32);
    this.#address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    this.#sendsCookies = random.next() < 0.7;
  }

  next(index: number): BenchHead {
    const { userAgent, hints, accept, encodings } = this.#browser;
    const came = this.#page;
    const shelf = pick(this.#random, shelves);
    this.#page = `/${shelf}/item-${index}.html`;
    const query = this.#random.next() < 0.3 ? `?page=${Math.floor(this.#random.next() * 100)}` : '';
    const cookie = `sid=${this.#session}; seen=${index}; theme=light`;
    return {
      target: this.#page + query,
      headers: [
        ...['Host', 'shop.example', ...hints, 'Upgrade-Insecure-Requests', '1', 'User-Agent', userAgent],
        ...['Accept', accept, 'Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Mode', 'navigate'],
        ...['Sec-Fetch-User', '?1', 'Sec-Fetch-Dest', 'document', 'Referer', `https://shop.example${came}`],
        ...['Accept-Encoding', encodings, 'Accept-Language', this.#language],
        ...(this.#sendsCookies ? ['Cookie', cookie] : []),
        ...['X-Forwarded-For', this.#address],
      ],
    };
  }
}

function browserOf(random: Random): Browser {
  const system = pick(random, systems);
  const kind = random.next();
  if (kind < 0.25) {
    const version = 130 + Math.floor(random.next() * 14);
    return {
      userAgent: `Mozilla/5.0 (${system.agent}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
      hints: [],
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      encodings: 'gzip, deflate, br, zstd',
    };
  }
  const version = 128 + Math.floor(random.next() * 14);
  const isEdge = kind > 0.85;
  const brand = isEdge ? 'Microsoft Edge' : 'Google Chrome';
  const brands = `"Chromium";v="${version}", "${brand}";v="${version}", "Not_A Brand";v="24"`;
  const agent = `Mozilla/5.0 (${system.agent}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
  return {
    userAgent: isEdge ? `${agent} Edg/${version}.0.0.0` : agent,
    hints: ['sec-ch-ua', brands, 'sec-ch-ua-mobile', '?0', 'sec-ch-ua-platform', system.hint],
    accept:
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    encodings: 'gzip, deflate, br, zstd',
  };
}

/** The bytes of a request without its body. */
export function headText({ target, headers }: BenchHead, method: string, bodyBytes: number): string {
  const lines = [`${method} ${target} HTTP/1.1`];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  if (bodyBytes > 0) lines.push('Content-Type: application/octet-stream', `Content-Length: ${bodyBytes}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.next() * items.length)]!;
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('');
}
