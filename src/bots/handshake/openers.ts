import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { headerOrder } from '../facts/headerOrder.ts';
import type { Engine } from '../facts/userAgent.ts';
import { knownHttp2, knownOrders, knownTls } from './known.ts';
import type { Opener } from './knownHandshake.ts';

/** Whose way of opening a connection it is, as far as the table of known ones tells. */
export interface OpenerFacts {
  /** Of a browser; `none`: of none that is known. */
  readonly engine: Engine;
  /** Its major versions that open like this; 0 to 9999 where no end is known. */
  readonly from: number;
  readonly to: number;
  /** Tools that open like this; null: none that is known. */
  readonly tool: Opener | null;
}

export interface TlsFacts extends OpenerFacts {
  /** The whole handshake is known, not its cipher suites alone. */
  readonly isWhole: boolean;
  readonly suites: number;
  /** Without the server name: whether a name or an address is asked for says nothing of the client. */
  readonly extensions: number;
  /** First and last character of what ALPN offers first, such as `h2`; `00`: nothing is offered. */
  readonly alpn: string;
}

const engines: ReadonlySet<string> = new Set<Engine>(['chromium', 'gecko', 'webkit']);
const nobody: OpenerFacts = { engine: 'none', from: 0, to: 9_999, tool: null };

const wholes = new Map<string, OpenerFacts>();
const suiteLists = new Map<string, OpenerFacts>();
for (const { who, from, to, version, suites, extensions } of knownTls) {
  for (const one of extensions) add(wholes, `${version}_${suites}_${one}`, who, from, to);
  add(suiteLists, `${version}_${suites}`, who, from, to);
}
const openings = new Map<string, OpenerFacts>();
for (const { who, from, to, opening } of knownHttp2) add(openings, opening, who, from, to);
const orders = new Map<Engine, Set<number>>();
for (const { who, version, names } of knownOrders) {
  const order = headerOrder(
    version,
    names.split(' ').flatMap((name) => [name, '']),
  );
  orders.set(who as Engine, (orders.get(who as Engine) ?? new Set()).add(order));
}

const tlsMemo = new BoundedMemo(readTls);

/** `ja4`: as `src/wire/ja4.ts` writes it. Total: any text gives facts. */
export function tlsFacts(ja4: string): TlsFacts {
  return tlsMemo.get(ja4);
}

/** `opening`: as `src/http2/opening.ts` writes it. */
export function http2Facts(opening: string): OpenerFacts {
  return openings.get(opening) ?? nobody;
}

/** For people: `chromium`, `curl, php`, or `unknown`. */
export function openerName({ engine, tool }: OpenerFacts): string {
  return engine === 'none' ? (tool ?? 'unknown') : engine;
}

/** Whether browsers of this engine send headers in this order (`headerOrder.ts`). */
export function isOrderOf(engine: Engine, order: number): boolean {
  return orders.get(engine)?.has(order) === true;
}

/** `t13d1516h2_8daaf6152771_e5627efa2ab1`: version, name, suites, extensions, ALPN, two hashes. */
function readTls(ja4: string): TlsFacts {
  const key = `${ja4.slice(1, 3)}${ja4.slice(10)}`;
  const whole = wholes.get(key);
  const known = whole ?? suiteLists.get(key.slice(0, 15)) ?? nobody;
  return {
    ...known,
    // What cipher suites alone say of versions is too little.
    ...(whole === undefined ? { from: 0, to: 9_999 } : {}),
    isWhole: whole !== undefined,
    suites: Number(ja4.slice(4, 6)),
    extensions: Number(ja4.slice(6, 8)) - (ja4[3] === 'd' ? 1 : 0),
    alpn: ja4.slice(8, 10),
  };
}

/** Several rows of one engine widen its versions; several tools are named together. */
function add(table: Map<string, OpenerFacts>, key: string, who: Opener, from: number, to: number): void {
  const known = table.get(key);
  const isBrowser = engines.has(who);
  if (known === undefined) {
    table.set(key, { engine: isBrowser ? (who as Engine) : 'none', from, to, tool: isBrowser ? null : who });
  } else if (isBrowser) {
    table.set(key, { ...known, engine: who as Engine, from: Math.min(known.from, from), to: Math.max(known.to, to) });
  } else {
    const names = new Set([...(known.tool?.split(', ') ?? []), ...who.split(', ')]);
    table.set(key, { ...known, tool: [...names].sort().join(', ') });
  }
}
