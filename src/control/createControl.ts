import { join } from 'node:path';
import type { Hono } from 'hono';
import { currentSigningKey, ensureKeys, readTrust, validatePayload } from '../bundles/index.ts';
import { bundleKinds } from '../contract/bundleKind.ts';
import type { DataFolder } from '../contract/dataFolder.ts';
import type { TimerClock } from '../kernel/clock.ts';
import type { Disk } from '../kernel/disk.ts';
import type { Logger } from '../kernel/log.ts';
import { controlApi } from './api.ts';
import { Changes } from './changes.ts';
import { Edges } from './edges.ts';
import { controlLimits } from './limits.ts';
import { ControlMetrics } from './metrics.ts';
import { Publisher } from './publisher.ts';
import { shippedPayload } from './shipped.ts';
import { ControlStore } from './store.ts';
import { ensureToken, TokenCheck } from './token.ts';

export interface ControlPorts {
  readonly folder: DataFolder;
  readonly disk: Disk;
  readonly clock: TimerClock;
  readonly log: Logger;
  /** Bound on the store's size in pages of 4 KiB. */
  readonly storePagesMax?: number;
  /** The drill's counter-example puts another in its place; no configuration does. */
  readonly validate?: typeof validatePayload;
}

export interface Control {
  readonly app: Hono;
  /** Lets every long poll go and closes the store. */
  close(): void;
}

/**
 * Puts control together. Throws only when there is no token to be had: without one nobody could be let in. A store or
 * keys that cannot be read make single calls answer 503, and are tried again with each call.
 */
export function createControl({
  folder,
  disk,
  clock,
  log,
  storePagesMax = controlLimits.storePagesMax,
  validate = validatePayload,
}: ControlPorts): Control {
  const token = new TokenCheck(ensureToken(folder.controlToken, folder.control, disk));
  try {
    ensureKeys(folder, disk);
  } catch (error) {
    log.error('keys-unreadable', { message: (error as Error).message });
  }
  const store = new ControlStore(join(folder.control, 'control.db'), storePagesMax);
  const changes = new Changes(clock);
  const publisher = new Publisher({
    store,
    changes,
    clock,
    trust: () => readTrust(folder, disk),
    signingKey: (kind) => currentSigningKey(folder, disk, kind),
    shipped: shippedPayload,
    validate,
    onRefusal: (kind, place, findings) => {
      metrics.refused(kind, place, findings);
      log.warn('bundle-refused', { kind, place, reasons: findings.map((finding) => finding.reason) });
    },
    onPublished: (kind, version) => {
      metrics.published(kind);
      log.info('bundle-published', { kind, version });
    },
  });
  const edges = new Edges(store, publisher, clock, log);
  const metrics = new ControlMetrics(
    {
      kinds: () => orEmpty(() => bundleKinds.map((kind) => publisher.status(kind))),
      edges: () => orEmpty(() => edges.list()),
      waiting: () => changes.waiting,
    },
    clock,
  );
  return {
    app: controlApi({ publisher, edges, store, changes, metrics, token, clock, log }),
    close: () => {
      changes.announce();
      store.close();
    },
  };
}

/** Metrics are read most eagerly when something is broken: what is left must still come out. */
function orEmpty<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch {
    return [];
  }
}
