import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { type BundleKind, rowOf } from '../contract/bundleKind.ts';
import type { AuditRow, EdgeReport, EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import type { Finding } from '../contract/finding.ts';
import { controlLimits } from './limits.ts';

/** The file cannot be opened, read or written. Control answers 503 and tries again with the next call. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

export interface StoredBundle {
  readonly kind: BundleKind;
  readonly version: number;
  readonly madeAtMs: number;
  readonly sha256: string;
  readonly note: string;
  readonly bytes: Uint8Array;
}

export type Refusal = KindStatus['refusals'][number];

export interface KindState {
  readonly latest: number;
  readonly frozen: boolean;
  /** While frozen: what `latest` was when it was frozen; only a rollback can be above it. Else 0. */
  readonly frozenAt: number;
  /** The highest version that any edge ever spoke of; higher than `latest` after a store was lost. */
  readonly highestSeen: number;
}

const schemaVersion = 2;
/** Steps from older files: [0] makes 2 out of 1. A kind frozen by the old software is handed out as it was there. */
const schemaSteps = ['ALTER TABLE kinds ADD COLUMN frozen_at INTEGER NOT NULL DEFAULT 0'];
const schema = `
  CREATE TABLE bundles (kind TEXT, version INTEGER, made_at_ms INTEGER, sha256 TEXT, note TEXT, bytes BLOB, PRIMARY KEY (kind, version)) STRICT;
  CREATE TABLE kinds (kind TEXT PRIMARY KEY, frozen INTEGER NOT NULL DEFAULT 0, highest_seen INTEGER NOT NULL DEFAULT 0, frozen_at INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE refusals (id INTEGER PRIMARY KEY, kind TEXT, version INTEGER, place TEXT, at_ms INTEGER, findings TEXT) STRICT;
  CREATE INDEX refusals_by_kind ON refusals (kind, id);
  CREATE TABLE edges (edge TEXT PRIMARY KEY, last_seen_ms INTEGER, report TEXT) STRICT;
  CREATE TABLE audit (id INTEGER PRIMARY KEY, at_ms INTEGER, who TEXT, action TEXT, detail TEXT) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

type Row = Record<string, SQLOutputValue>;
type Input = string | number | null | Uint8Array;

/**
 * What control remembers, in one SQLite file. Each mutation is one transaction, durable when the call returns
 * (`synchronous=FULL`), and writes its audit row in the same one. Every method throws `StoreUnavailable` when the file
 * fails; the file is opened by the first call and again after a failure, so a repaired disk needs no restart.
 */
export class ControlStore {
  readonly #path: string;
  readonly #pagesMax: number;
  #database: DatabaseSync | undefined;

  constructor(path: string, pagesMax: number = controlLimits.storePagesMax) {
    this.#path = path;
    this.#pagesMax = pagesMax;
  }

  kindState(kind: BundleKind): KindState {
    const [row] = this.#all('SELECT frozen, frozen_at, highest_seen FROM kinds WHERE kind = ?', kind);
    const [newest] = this.#all('SELECT max(version) AS latest FROM bundles WHERE kind = ?', kind);
    return {
      latest: Number(newest?.latest ?? 0),
      frozen: row?.frozen === 1,
      frozenAt: Number(row?.frozen_at ?? 0),
      highestSeen: Number(row?.highest_seen ?? 0),
    };
  }

  history(kind: BundleKind): KindStatus['history'] {
    const rows = this.#all(
      'SELECT version, made_at_ms, sha256, note FROM bundles WHERE kind = ? ORDER BY version DESC LIMIT ?',
      kind,
      rowOf(kind).versionsKept,
    );
    return rows.map((row) => ({
      version: Number(row.version),
      madeAtMs: Number(row.made_at_ms),
      sha256: String(row.sha256),
      note: String(row.note),
    }));
  }

  bundle(kind: BundleKind, version: number): Uint8Array | undefined {
    const [row] = this.#all('SELECT bytes FROM bundles WHERE kind = ? AND version = ?', kind, version);
    return row?.bytes instanceof Uint8Array ? row.bytes : undefined;
  }

  addBundle(bundle: StoredBundle, audit: AuditRow): void {
    const { kind, version, madeAtMs, sha256, note, bytes } = bundle;
    this.#transaction(() => {
      this.#run('INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?)', kind, version, madeAtMs, sha256, note, bytes);
      const kept = 'SELECT version FROM bundles WHERE kind = ? ORDER BY version DESC LIMIT ?';
      this.#run(
        `DELETE FROM bundles WHERE kind = ? AND version NOT IN (${kept})`,
        kind,
        kind,
        rowOf(kind).versionsKept,
      );
      this.#addAudit(audit);
    });
  }

  /** Freezing what is frozen changes nothing: what was handed out since by rollback stays handed out. */
  setFrozen(kinds: readonly BundleKind[], frozen: boolean, audit: AuditRow): void {
    this.#transaction(() => {
      for (const kind of kinds) {
        const before = this.kindState(kind);
        this.#run(
          'INSERT INTO kinds (kind, frozen, frozen_at) VALUES (?1, ?2, ?3) ON CONFLICT (kind) DO UPDATE SET frozen = ?2, frozen_at = ?3',
          kind,
          frozen ? 1 : 0,
          !frozen ? 0 : before.frozen ? before.frozenAt : before.latest,
        );
      }
      this.#addAudit(audit);
    });
  }

  noteVersionSeen(kind: BundleKind, version: number): void {
    this.#run(
      'INSERT INTO kinds (kind, highest_seen) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET highest_seen = max(highest_seen, ?2)',
      kind,
      version,
    );
  }

  addRefusal(kind: BundleKind, refusal: Refusal): void {
    const { version, where, atMs, findings } = refusal;
    this.#transaction(() => {
      this.#run(
        'INSERT INTO refusals (kind, version, place, at_ms, findings) VALUES (?, ?, ?, ?, ?)',
        kind,
        version,
        where,
        atMs,
        JSON.stringify(findings),
      );
      this.#run(
        'DELETE FROM refusals WHERE kind = ?1 AND id NOT IN (SELECT id FROM refusals WHERE kind = ?1 ORDER BY id DESC LIMIT ?2)',
        kind,
        controlLimits.refusalsKept,
      );
    });
  }

  /** An edge repeats its reports; the same refusal of the same version by the same edge is one. */
  hasRefusal(kind: BundleKind, version: number, where: string, findings: readonly Finding[]): boolean {
    const rows = this.#all(
      'SELECT 1 FROM refusals WHERE kind = ? AND version = ? AND place = ? AND findings = ?',
      kind,
      version,
      where,
      JSON.stringify(findings),
    );
    return rows.length > 0;
  }

  refusals(kind: BundleKind): readonly Refusal[] {
    const rows = this.#all(
      'SELECT version, place, at_ms, findings FROM refusals WHERE kind = ? ORDER BY id DESC LIMIT ?',
      kind,
      controlLimits.refusalsShown,
    );
    return rows.map((row) => ({
      version: row.version === null ? null : Number(row.version),
      where: String(row.place),
      atMs: Number(row.at_ms),
      findings: JSON.parse(String(row.findings)) as Finding[],
    }));
  }

  saveEdge(status: EdgeStatus): void {
    this.#transaction(() => {
      this.#run(
        'INSERT OR REPLACE INTO edges VALUES (?, ?, ?)',
        status.edge,
        status.lastSeenMs,
        JSON.stringify(status.report),
      );
      this.#run(
        'DELETE FROM edges WHERE edge NOT IN (SELECT edge FROM edges ORDER BY last_seen_ms DESC LIMIT ?)',
        controlLimits.edgesMax,
      );
    });
  }

  edges(): EdgeStatus[] {
    return this.#all('SELECT edge, last_seen_ms, report FROM edges ORDER BY edge').map((row) => ({
      edge: String(row.edge),
      lastSeenMs: Number(row.last_seen_ms),
      report: JSON.parse(String(row.report)) as EdgeReport,
    }));
  }

  audit(): AuditRow[] {
    const rows = this.#all(
      'SELECT at_ms, who, action, detail FROM audit ORDER BY id DESC LIMIT ?',
      controlLimits.auditRowsShown,
    );
    return rows.map((row) => ({
      atMs: Number(row.at_ms),
      who: String(row.who),
      action: String(row.action),
      detail: String(row.detail),
    }));
  }

  close(): void {
    const database = this.#database;
    this.#database = undefined;
    try {
      database?.close();
    } catch {
      // Closing a broken file may fail; everything that was promised is in the file already.
    }
  }

  #addAudit(row: AuditRow): void {
    this.#run(
      'INSERT INTO audit (at_ms, who, action, detail) VALUES (?, ?, ?, ?)',
      row.atMs,
      row.who,
      row.action,
      row.detail,
    );
    this.#run('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?', controlLimits.auditRowsKept);
  }

  #transaction(work: () => void): void {
    this.#run('BEGIN IMMEDIATE');
    try {
      work();
      this.#run('COMMIT');
    } catch (error) {
      this.#guarded((database) => {
        if (database.isTransaction) database.exec('ROLLBACK');
      });
      throw error;
    }
  }

  #all(sql: string, ...values: Input[]): Row[] {
    return this.#guarded((database) => database.prepare(sql).all(...values) as Row[]);
  }

  #run(sql: string, ...values: Input[]): void {
    this.#guarded((database) => database.prepare(sql).run(...values));
  }

  #guarded<T>(use: (database: DatabaseSync) => T): T {
    try {
      this.#database ??= this.#open();
      return use(this.#database);
    } catch (error) {
      // A full disk leaves the file readable and the connection good; anything else is opened anew by the next call.
      const { errcode } = error as { errcode?: number };
      if (errcode !== sqliteFull && this.#database?.isTransaction !== true) this.close();
      throw new StoreUnavailable(`${this.#path}: ${(error as Error).message}`, { cause: error });
    }
  }

  #open(): DatabaseSync {
    // Exclusive: a second control on the same file is refused instead of numbering bundles twice.
    const database = new DatabaseSync(this.#path, { timeout: 2_000 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec(`PRAGMA max_page_count = ${this.#pagesMax}; PRAGMA journal_size_limit = ${64 << 20};`);
      const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
      if (found === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
      else if (found > 0 && found < schemaVersion) {
        const steps = schemaSteps.slice(found - 1).join('; ');
        database.exec(`BEGIN IMMEDIATE; ${steps}; PRAGMA user_version = ${schemaVersion}; COMMIT;`);
      } else if (found !== schemaVersion)
        throw new Error(`its schema is ${found}; this software knows ${schemaVersion}`);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

const sqliteFull = 13;
