import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { isAddress } from '../../address/index.ts';
import type { OriginTls } from '../../bundles/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { Endpoint } from './endpoint.ts';
import { upstreamLimits } from './upstreamLimits.ts';

/** What `tls.connect` needs besides host, port and lookup. */
export interface OriginTlsOptions {
  readonly secureContext: SecureContext;
  /** Empty for an address, whose certificate is then verified by it. */
  readonly servername: string;
  readonly rejectUnauthorized: boolean;
  readonly ALPNProtocols: string[];
}

export type TlsEndpoint = Endpoint & { readonly tls: OriginTls };

interface Held {
  readonly made: Result<OriginTlsOptions, string>;
  readonly atMs: number;
}

/**
 * Makes and holds what connections to `https` origins share. A client key is read from the edge's own disk when it is first
 * needed; one that cannot be used is an answer, not a crash, and is tried again after a while.
 */
export class OriginTlsContexts {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Held>();
  #public: SecureContext | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The error says what is wrong with the certificate or its key. Only for endpoints with `tls`. */
  optionsFor(endpoint: TlsEndpoint): Result<OriginTlsOptions, string> {
    const nowMs = this.#clock.monotonicMs();
    const held = this.#byKey.get(endpoint.key);
    if (held !== undefined && (held.made.ok || nowMs - held.atMs < upstreamLimits.keyRetryMs)) return held.made;
    const made = this.#make(endpoint);
    // Endpoints come and go with reloads; the oldest goes first, and costs its makers some milliseconds if it is needed.
    if (this.#byKey.size >= upstreamLimits.tlsContextsMax) this.#byKey.delete(this.#byKey.keys().next().value!);
    this.#byKey.delete(endpoint.key);
    this.#byKey.set(endpoint.key, { made, atMs: nowMs });
    return made;
  }

  #make({ host, tls }: TlsEndpoint): Result<OriginTlsOptions, string> {
    try {
      const servername = tls.serverName ?? (isAddress(host) ? '' : host.replace(/\.$/, ''));
      // Said aloud, so that a server that also speaks h2 does not choose it (RFC 7301).
      const rest = { servername, rejectUnauthorized: tls.verify, ALPNProtocols: ['http/1.1'] };
      return ok({ secureContext: this.#contextOf(tls), ...rest });
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
  }

  #contextOf({ ca, certificate, keyPath }: OriginTls): SecureContext {
    if (ca === undefined && certificate === undefined) return this.#publicTrust();
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && keyPath !== undefined && { cert: certificate, key: readKey(keyPath) }),
      minVersion: 'TLSv1.2',
    });
  }

  /**
   * One for all. The public roots that the runtime carries (and `NODE_EXTRA_CA_CERTS`): reading the machine's own store takes
   * 120 ms, in which no request would be served. For roots of one's own there is `ca`.
   */
  #publicTrust(): SecureContext {
    this.#public ??= createSecureContext({ minVersion: 'TLSv1.2' });
    return this.#public;
  }
}

function readKey(path: string): Buffer {
  const { size } = statSync(path);
  if (size > upstreamLimits.keyFileBytesMax) throw new Error(`${path} has ${size} bytes and is no key`);
  return readFileSync(path);
}
