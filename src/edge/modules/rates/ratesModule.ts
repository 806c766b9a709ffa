import { addressKey, networkLookupKey } from '../../../address/index.ts';
import { headerOrder } from '../../../bots/index.ts';
import { addField, type FieldLines, fieldNumberOf } from '../../../http/index.ts';
import { ratesDeclaration } from '../../../modules/rates/ratesDeclaration.ts';
import { KeyHash, type RateSubject, Rates, type RateVerdict, rateFields, readRateKey } from '../../../rates/index.ts';
import { type PeerTopic, RatesTopic } from '../../peers/index.ts';
import type { Module, ModulePorts, PipelineRequest, SetOnPath, SiteOnPath, Steps } from '../../pipeline/module.ts';
import { read, write } from '../../pipeline/slot.ts';
import type { Declining } from '../../pipeline/step.ts';
import { rulesSlot } from '../rules/rulesSlot.ts';
import { ratesSlot, unlimited } from './ratesSlot.ts';
import { compileLimits, type ReadyLimit } from './readyLimit.ts';

/**
 * Limits how often something may be asked. It stands behind the rules, which say what comes under which limit: an `allow` before a
 * `limit` spares it, and what another rule blocks takes no token. A request takes a token of each limit, in the rules' order,
 * until one has none left. Fails open: nobody is limited.
 */
export class RatesModule implements Module {
  readonly declaration = ratesDeclaration;
  readonly slot = ratesSlot;
  readonly topics: readonly PeerTopic[];
  readonly #rates: Rates;
  readonly #hash: KeyHash;
  readonly #subject = new Subject();

  constructor({ secret }: Pick<ModulePorts, 'secret'>) {
    this.#rates = new Rates({ secret });
    this.#hash = new KeyHash(secret);
    this.topics = [new RatesTopic(this.#rates)];
  }

  compile(_: SetOnPath, site: SiteOnPath | undefined): Steps | undefined {
    const rules = site?.rules.having('limit') ?? [];
    if (site === undefined || rules.length === 0) return undefined;
    const limits = compileLimits(site.name, rules);
    return { head: (request) => this.#take(request, limits) };
  }

  neutral(request: PipelineRequest): void {
    write(request, ratesSlot, unlimited);
  }

  columns(request: PipelineRequest): Readonly<Record<string, string>> {
    const { limitedBy, dry } = read(request, ratesSlot);
    return { limited_by: limitedBy ?? '', would_limit: dry.join(',') };
  }

  /** `limits`: by the rules' places. */
  #take(request: PipelineRequest, limits: ReadonlyMap<number, ReadyLimit>): Declining | undefined {
    const { handed } = read(request, rulesSlot);
    // Whoever only asks what would happen spends nothing of anybody.
    if (handed === undefined || request.isForEdge) return undefined;
    const subject = this.#subject.of(request);
    let dry: string[] | undefined;
    for (const { rule, index, isDry } of handed) {
      const ready = limits.get(index);
      if (ready === undefined || !readRateKey(ready.key, subject, this.#hash)) continue;
      const isAdmitted = this.#rates.take(ready.limit, this.#hash.high, this.#hash.low, request.startedMs);
      if (isAdmitted) continue;
      if (isDry) {
        dry ??= [];
        dry.push(rule);
        continue;
      }
      const { remaining, msUntilNext } = this.#rates;
      write(request, ratesSlot, { limitedBy: rule, dry: dry ?? unlimited.dry });
      const verdict = { policy: rule, limit: ready.limit, isAdmitted, remaining, msUntilNext };
      return { kind: 'decline', why: 'rate-limited', fields: fieldsOf(verdict) };
    }
    if (dry !== undefined) write(request, ratesSlot, { limitedBy: null, dry });
    return undefined;
  }
}

function fieldsOf(verdict: RateVerdict): FieldLines {
  const fields: FieldLines = { raw: [], numbers: [] };
  for (const [name, value] of Object.entries(rateFields([verdict]))) {
    addField(fields, fieldNumberOf(name.toLowerCase()), name, value);
  }
  return fields;
}

/** A request as limits read it; each part is worked out only when a limit counts by it. One for all requests. */
class Subject implements RateSubject {
  #request!: PipelineRequest;

  of(request: PipelineRequest): this {
    this.#request = request;
    return this;
  }

  get address(): string {
    return this.#request.head.clientAddress;
  }

  get network(): string | number | null {
    return networkLookupKey(this.#request.head.clientAddress);
  }

  get client(): string {
    const { high, low } = addressKey(this.#request.head.clientAddress);
    return `${high} ${low}`;
  }

  get ja4(): string | null {
    return this.#request.head.handshake?.ja4 ?? null;
  }

  get headerOrder(): number | null {
    const { isRelayed, version, rawHeaders } = this.#request.head;
    // Of a relayed head the order is the proxy's.
    return isRelayed ? null : headerOrder(version, rawHeaders);
  }

  get asNumber(): number | undefined {
    return this.#request.address.asn;
  }

  get path(): string {
    return this.#request.head.path;
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    return this.#request.head.headers;
  }
}
