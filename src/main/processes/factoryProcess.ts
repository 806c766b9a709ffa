import { mkdirSync, readFileSync } from 'node:fs';
import { currentSigningKey, readTrust, type validatePayload } from '../../bundles/index.ts';
import { dataFolder } from '../../contract/dataFolder.ts';
import { clickhouseVariable, type FactoryOptions } from '../../contract/factoryOptions.ts';
import { ChdbWarehouse, Factory, HttpControl, ServerWarehouse } from '../../factory/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { systemDisk } from '../../kernel/disk.ts';
import { lineLogger } from '../../kernel/log.ts';

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
  // From the environment, which only its owner reads: the URL may carry a password.
  const clickhouseUrl = process.env[clickhouseVariable] ?? null;
  mkdirSync(folder.factory, { recursive: true });
  mkdirSync(folder.run, { recursive: true });

  const factory = new Factory({
    openWarehouse: () =>
      clickhouseUrl === null ? ChdbWarehouse.open(folder.factory) : ServerWarehouse.open(clickhouseUrl),
    control: new HttpControl({
      url: options.control.url,
      token: () => readFileSync(options.control.tokenFile, 'utf8').trim(),
      clock: systemClock,
    }),
    signingKey: (kind) => currentSigningKey(folder, systemDisk, kind),
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
