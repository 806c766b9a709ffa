import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { CertificateFiles } from '../../contract/edgeOptions.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import { err, ok, type Result } from '../../kernel/result.ts';

interface Loaded {
  readonly context: SecureContext;
  /** DNS names in lower case; one may begin with `*.`. */
  readonly names: readonly string[];
}

/** How often the files are looked at. */
const lookEveryMs = 5_000;

/**
 * The certificates of a listener, by the name that a visitor asks for. Their files are looked at again and again; a pair
 * that changed and is good takes the place of the one before it, for connections from then on. A pair that is not good
 * changes nothing and is reported: the edge goes on with what it has (fails open).
 */
export class Certificates {
  readonly #pairs: readonly CertificateFiles[];
  readonly #onProblem: (message: string) => void;
  #loaded: (Loaded | undefined)[] = [];
  #byName = new Map<string, SecureContext>();
  #seen: string[] = [];
  /** Told already. */
  #problems: (string | undefined)[] = [];
  readonly #timer: Timer;

  constructor(pairs: readonly CertificateFiles[], clock: TimerClock, onProblem: (message: string) => void) {
    this.#pairs = pairs;
    this.#onProblem = onProblem;
    this.look();
    this.#timer = clock.every(lookEveryMs, () => this.look(), 'lets-go');
  }

  /** undefined: not one pair is good, and no TLS connection can be opened. */
  get usual(): SecureContext | undefined {
    return this.#loaded.find((loaded) => loaded !== undefined)?.context;
  }

  /** For a name in any case: its own certificate, one for `*.rest`, else the usual one. */
  find(serverName: string): SecureContext | undefined {
    const name = serverName.toLowerCase();
    const exact = this.#byName.get(name);
    if (exact !== undefined) return exact;
    const dot = name.indexOf('.');
    return (dot === -1 ? undefined : this.#byName.get(`*${name.slice(dot)}`)) ?? this.usual;
  }

  /** Reads again what changed. Never throws. */
  look(): void {
    let isChanged = false;
    for (const [index, pair] of this.#pairs.entries()) {
      const seen = stampOf(pair);
      if (this.#seen[index] === seen) continue;
      const read = readPair(pair);
      // Whether it can be read may change (rights, no descriptor left) and the files stay the same.
      if (read.ok) this.#seen[index] = seen;
      const loaded = read.ok ? load(pair, read.value) : read;
      if (loaded.ok) this.#loaded[index] = loaded.value;
      else if (loaded.error !== this.#problems[index]) this.#onProblem(loaded.error);
      this.#problems[index] = loaded.ok ? undefined : loaded.error;
      isChanged ||= loaded.ok;
    }
    if (isChanged) this.#index();
  }

  close(): void {
    this.#timer.cancel();
  }

  #index(): void {
    const byName = new Map<string, SecureContext>();
    for (const loaded of this.#loaded) {
      // The first pair that has a name keeps it.
      for (const name of loaded?.names ?? []) if (!byName.has(name)) byName.set(name, loaded!.context);
    }
    this.#byName = byName;
  }
}

function stampOf({ certificatePath, keyPath }: CertificateFiles): string {
  return [certificatePath, keyPath]
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'missing' : `${stat.mtimeMs}:${stat.size}:${stat.ino}`;
    })
    .join(' ');
}

interface Pem {
  readonly cert: Buffer;
  readonly key: Buffer;
}

function readPair(pair: CertificateFiles): Result<Pem, string> {
  try {
    return ok({ cert: readFileSync(pair.certificatePath), key: readFileSync(pair.keyPath) });
  } catch (error) {
    return err(problemOf(pair, error));
  }
}

function load(pair: CertificateFiles, { cert, key }: Pem): Result<Loaded, string> {
  try {
    const parsed = new X509Certificate(cert);
    const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2', honorCipherOrder: true });
    return ok({ context, names: namesOf(parsed) });
  } catch (error) {
    return err(problemOf(pair, error));
  }
}

/** Why comes first: reports are cut, and grouped by their beginning. */
function problemOf({ certificatePath }: CertificateFiles, error: unknown): string {
  return `certificate not used, ${(error as Error).message}: ${certificatePath}`;
}

function namesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '').split(', ').flatMap((entry) => {
    const name = /^DNS:(.+)$/.exec(entry)?.[1];
    return name === undefined ? [] : [name.toLowerCase()];
  });
  return [...new Set(names)];
}
