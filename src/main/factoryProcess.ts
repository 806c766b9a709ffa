import { mkdirSync } from 'node:fs';
import { currentSigningKey, readTrust, type validatePayload } from '../bundles/index.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import { ChdbWarehouse, Factory, HttpControl, ServerWarehouse } from '../factory/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemDisk } from '../kernel/disk.ts';
import { lineLogger } from '../kernel/log.ts';

/** How the factory is started: JSON in `argv[2]`. */
export interface FactoryOptions {
  readonly data: string;
  readonly control: { readonly url: string; readonly token: string };
  readonly everyS: number;
  /** null: the engine embedded in this process. */
  readonly clickhouseUrl: string | null;
}

/**
 * Wires and runs the factory until SIGTERM or until its parent is gone. `wiring` is there for drills alone: `database: null`
 * leaves the filter of 18 November 2025 out, `validate` is the counter-example's.
 */
export function runFactory(wiring: { readonly database?: null; readonly validate?: typeof validatePayload }): void {
  // The request log, keys and tokens are nobody else's, the engine's own files included.
  process.umask(0o077);
  process.title = 'holdfast: factory';
  const options = JSON.parse(process.argv[2] ?? '{}') as FactoryOptions;
  const folder = dataFolder(options.data);
  const log = lineLogger('factory');
  const { clickhouseUrl } = options;
  mkdirSync(folder.factory, { recursive: true });
  mkdirSync(folder.run, { recursive: true });

  const factory = new Factory({
    openWarehouse: () =>
      clickhouseUrl === null ? ChdbWarehouse.open(folder.factory) : ServerWarehouse.open(clickhouseUrl),
    control: new HttpControl(options.control),
    signingKey: () => currentSigningKey(folder, systemDisk, 'features'),
    trust: () => readTrust(folder, systemDisk),
    clock: systemClock,
    log,
    logSocket: folder.logSocket,
    factorySocket: folder.factorySocket,
    everyS: options.everyS,
    ...wiring,
  });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    factory.close().then(
      () => process.exit(0),
      (error: Error) => {
        log.error('close-failed', { error: error.message });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {}); // The parent decides when everything ends.
  process.on('disconnect', stop);

  factory.start().then(
    () => process.send?.({ type: 'ready' }),
    (error: Error) => {
      log.error('cannot-start', { message: error.message });
      process.exit(1);
    },
  );
}
