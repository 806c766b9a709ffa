import { type SigningKey, signBundle } from '../bundles/index.ts';
import { configLimits, readConfigBytes, sitesForOrigin } from '../config/index.ts';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Disk } from '../kernel/disk.ts';
import type { Logger } from '../kernel/log.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import type { LastGood } from '../lastgood/index.ts';
import type { Agent } from './agent.ts';
import type { Outcome } from './outcome.ts';

/**
 * The sites that are configured on this machine (`--config`, `--origin`): signed with this edge's own key, they take the
 * way of every bundle. A file with problems changes nothing; the running sites stay.
 */
export class LocalSites {
  readonly #source: Exclude<EdgeOptions['sites'], 'control'>;
  readonly #ports: { agent: Agent; lastGood: LastGood; key: SigningKey; disk: Disk; clock: Clock; logger: Logger };

  constructor(
    source: Exclude<EdgeOptions['sites'], 'control'>,
    ports: { agent: Agent; lastGood: LastGood; key: SigningKey; disk: Disk; clock: Clock; logger: Logger },
  ) {
    this.#source = source;
    this.#ports = ports;
  }

  /** Reads the source again. The error lists every problem; 'unchanged': what it says runs already. */
  async reload(): Promise<Result<Outcome | 'unchanged', readonly string[]>> {
    const sites = this.#read();
    if (!sites.ok) {
      this.#ports.logger.error('config-refused', { problems: sites.error });
      return sites;
    }
    const { agent, lastGood, key, clock } = this.#ports;
    const payload = Buffer.from(JSON.stringify(sites.value));
    const running = agent.running.sites;
    const runs = running === undefined ? undefined : lastGood.store.payload('sites', running);
    if (runs !== undefined && payload.equals(runs)) return ok('unchanged');
    const version = Math.max(agent.known('sites'), lastGood.store.state().state.highest.sites ?? 0) + 1;
    const bytes = signBundle({ kind: 'sites', version, madeAtMs: clock.wallMs(), payload }, key);
    return ok(await agent.offer('sites', bytes, 'file'));
  }

  #read(): Result<SitesFile, readonly string[]> {
    if ('origin' in this.#source) return ok(sitesForOrigin(this.#source.origin));
    const path = this.#source.configPath;
    try {
      const config = readConfigBytes(this.#ports.disk.read(path, configLimits.fileBytesMax));
      if (config.ok) return ok(config.value.sites);
      return err(config.error.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`));
    } catch (error) {
      return err([`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
    }
  }
}
