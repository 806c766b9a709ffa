import { join } from 'node:path';
import { payloadBytesMax } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import type { ToWorker } from '../contract/processMessages.ts';
import type { Disk } from '../kernel/disk.ts';
import type { FaultPoints } from '../kernel/faults.ts';
import type { Logger } from '../kernel/log.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { writeDurably } from '../lastgood/durableFile.ts';

export interface ShadowModelPorts {
  readonly folder: string;
  readonly disk: Disk;
  readonly faults: FaultPoints;
  readonly logger: Logger;
  /** Findings against a model beside the features in force, from the validator's process. */
  check(payload: Uint8Array): Promise<readonly Finding[]>;
  slots(): readonly number[];
  send(slot: number, message: ToWorker): void;
}

const fileName = 'shadow-model.json';

/**
 * The one shadow model of this edge: scored beside the model in force, logged and counted, never acting. It is of this
 * machine and no bundle: it decides nothing, so it needs neither number nor stages; it is checked as a model bundle is. Kept
 * on the disk, so that an edge that starts again goes on comparing. Fails towards none.
 */
export class ShadowModel {
  readonly #ports: ShadowModelPorts;
  #model: ModelFile | null = null;

  constructor(ports: ShadowModelPorts) {
    this.#ports = ports;
  }

  get name(): string | null {
    return this.#model?.name ?? null;
  }

  /** Takes up what lies on the disk. Never rejects. */
  async start(): Promise<void> {
    const { disk, folder, logger } = this.#ports;
    const path = join(folder, fileName);
    try {
      if (!disk.exists(path)) return;
      const set = await this.#take(disk.read(path, payloadBytesMax.model));
      if (!set.ok) logger.warn('shadow-model-refused', { findings: set.error });
    } catch (error) {
      logger.warn('shadow-model-unreadable', { path, error: String(error) });
    }
  }

  /** null: no shadow any more. The findings say why one was refused; then the one before stays. */
  async set(payload: Uint8Array | null): Promise<Result<void, readonly Finding[]>> {
    const { disk, faults, folder } = this.#ports;
    const taken = payload === null ? this.#tell(null) : await this.#take(payload);
    if (!taken.ok) return taken;
    try {
      if (payload !== null) writeDurably(disk, faults, 'shadow-model', folder, fileName, payload);
      else if (disk.exists(join(folder, fileName))) disk.remove(join(folder, fileName));
      return ok(undefined);
    } catch (error) {
      const message = `It holds until this edge ends; the disk does not keep it: ${String(error)}`;
      return err([{ reason: 'disk-write-failed', message }]);
    }
  }

  /** A worker serves: it learns the shadow, if there is one. */
  onReady(slot: number): void {
    if (this.#model !== null) this.#ports.send(slot, { type: 'shadow', model: this.#model });
  }

  async #take(payload: Uint8Array): Promise<Result<void, readonly Finding[]>> {
    const findings = await this.#ports.check(payload);
    if (findings.length > 0) return err(findings);
    return this.#tell(JSON.parse(Buffer.from(payload).toString('utf8')) as ModelFile);
  }

  #tell(model: ModelFile | null): Result<void, readonly Finding[]> {
    this.#model = model;
    for (const slot of this.#ports.slots()) this.#ports.send(slot, { type: 'shadow', model });
    return ok(undefined);
  }
}
