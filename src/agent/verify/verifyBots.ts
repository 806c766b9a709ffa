import { join } from 'node:path';
import type { FromAgent, ToAgent, ToWorker } from '../../contract/processMessages.ts';
import type { NamesAnswer, VerifiedBotsOptions } from '../../contract/verifiedBots.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Disk } from '../../kernel/disk.ts';
import type { Logger } from '../../kernel/log.ts';
import { withShipped } from '../../verified/index.ts';
import { BotEvidence } from './botEvidence.ts';
import { confirmedNames } from './confirmedNames.ts';
import { fetchDocument } from './fetchDocument.ts';
import { NameLookups } from './nameLookups.ts';

export interface VerifyBotsPorts {
  /** undefined: what is on the disk counts, and nobody is asked. */
  readonly options: VerifiedBotsOptions | undefined;
  readonly edgeFolder: string;
  readonly disk: Disk;
  readonly clock: TimerClock;
  readonly logger: Logger;
  send(message: FromAgent): void;
  /** Slots of the workers that serve. */
  slots(): readonly number[];
}

/** The agent's part in verifying bots: fetches evidence ahead, looks names up when a worker asks, tells all workers. */
export class VerifyBots {
  readonly #ports: VerifyBotsPorts;
  readonly #evidence: BotEvidence;
  readonly #lookups: NameLookups;

  constructor(ports: VerifyBotsPorts) {
    const { options, edgeFolder, disk, clock, logger } = ports;
    const operators = withShipped(options?.operators ?? []);
    const isOnline = options?.isOnline === true;
    this.#ports = ports;
    this.#evidence = new BotEvidence({
      operators,
      urgent: new Set(options?.operators.map(({ name }) => name)),
      folder: join(edgeFolder, 'bots'),
      fetch: isOnline ? (url, bytesMax, stop) => fetchDocument(url, bytesMax, stop, clock) : undefined,
      disk,
      clock,
      logger,
      tell: (evidence) => this.#tellAll({ type: 'bot-evidence', evidence }),
    });
    const domains = operators.flatMap(({ domains = [] }) => domains);
    const ask = isOnline ? confirmedNames(domains, options.nameServers) : undefined;
    this.#lookups = new NameLookups(ask, clock, (answers) => this.#tellAll({ type: 'names', answers }));
  }

  start(): void {
    this.#evidence.start();
  }

  stop(): void {
    this.#evidence.stop();
  }

  /** Every message of the supervisor. */
  handle(message: ToAgent): void {
    if (message.type !== 'from-worker') return;
    const { slot, message: said } = message;
    if (said.type === 'ready') {
      for (const evidence of this.#evidence.all()) this.#tell(slot, { type: 'bot-evidence', evidence });
      this.#tellNames(slot, this.#lookups.answers());
    } else if (said.type === 'ask-names') this.#tellNames(slot, this.#lookups.want(said.addresses));
  }

  #tellNames(slot: number, answers: readonly NamesAnswer[]): void {
    if (answers.length > 0) this.#tell(slot, { type: 'names', answers });
  }

  #tellAll(message: ToWorker): void {
    for (const slot of this.#ports.slots()) this.#tell(slot, message);
  }

  #tell(slot: number, message: ToWorker): void {
    this.#ports.send({ type: 'to-worker', slot, message });
  }
}
