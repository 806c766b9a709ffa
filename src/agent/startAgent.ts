import { readFileSync } from 'node:fs';
import { bundleKinds, rowOf } from '../contract/bundleKind.ts';
import { dataFolder } from '../contract/dataFolder.ts';
import type { EdgeOptions } from '../contract/edgeOptions.ts';
import { agentHeartbeatMs, type FromAgent, type ToAgent } from '../contract/processMessages.ts';
import { ControlClient } from '../controlClient/index.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { type Disk, systemDisk } from '../kernel/disk.ts';
import { type FaultPoints, noFaults } from '../kernel/faults.ts';
import type { Logger } from '../kernel/log.ts';
import { systemRandom } from '../kernel/random.ts';
import { openLastGood } from '../lastgood/index.ts';
import { Agent } from './agent.ts';
import { ControlSource } from './controlSource.ts';
import { agentLimits } from './limits.ts';
import type { LocalApiPorts } from './localApi.ts';
import { localSigningKey } from './localKey.ts';
import { LocalSites } from './localSites.ts';
import { ShadowModel } from './shadowModel.ts';
import type { ValidatorProcess } from './validatorProcess.ts';
import { VerifyBots } from './verify/verifyBots.ts';

export interface AgentProcessPorts {
  readonly options: EdgeOptions;
  send(message: FromAgent): void;
  readonly validator: Pick<ValidatorProcess, 'check' | 'stop'>;
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** Tests make the disk refuse and the process end; production leaves them away. */
  readonly disk?: Disk;
  readonly faults?: FaultPoints;
  readonly watchMs?: number;
}

export interface AgentProcess {
  handle(message: ToAgent): void;
  stop(): void;
}

/** Puts the agent together with its sources: last good, the local configuration, the local socket, control. */
export function startAgent(ports: AgentProcessPorts): AgentProcess {
  const { options, clock, logger, validator, disk = systemDisk, faults = noFaults } = ports;
  const data = dataFolder(options.data);
  const lastGood = openLastGood(data, disk, faults);
  const agent = new Agent({
    lastGood,
    send: ports.send,
    check: (task) => validator.check(task),
    clock,
    logger,
    faults,
    ...(ports.watchMs === undefined ? {} : { watchMs: ports.watchMs }),
    onReport: () => control?.reportSoon(),
  });
  const control = controlSource(options, agent, clock, logger);
  agent.start();
  const sites = localSites(options, agent, lastGood, disk, clock, logger, data.edge);
  void sites?.reload();
  control?.start();
  const shadow = new ShadowModel({
    folder: data.edge,
    disk,
    faults,
    logger,
    check: (payload) => {
      const version = agent.running.features;
      const features = version === undefined ? undefined : lastGood.store.payload('features', version);
      const current = features === undefined ? {} : { features };
      return validator.check({ kind: 'model', payload, acceptShift: true, current, heads: [] });
    },
    slots: () => agent.fleet.ready().map(({ slot }) => slot),
    send: (slot, message) => ports.send({ type: 'to-worker', slot, message }),
  });
  const api = openLocalApi(data.agentSocket, logger, {
    edge: options.edge,
    agent,
    clock,
    reload: sites && (() => sites.reload()),
    isControlReachable: () => (control === undefined ? null : control.isReachable),
    send: ports.send,
    shadow,
    running: () => lastGood.store.readSet(agent.running),
  });
  const reload = async () => {
    try {
      await sites?.reload();
    } finally {
      ports.send({ type: 'reloaded' });
    }
  };
  const verify = new VerifyBots({
    options: options.verifiedBots,
    edgeFolder: data.edge,
    disk,
    clock,
    logger,
    send: ports.send,
    slots: () => agent.fleet.ready().map(({ slot }) => slot),
  });
  verify.start();
  void shadow.start();
  const heartbeat = clock.every(agentHeartbeatMs, () => ports.send({ type: 'heartbeat' }));
  return {
    handle(message) {
      if (message.type === 'reload') void reload();
      else {
        agent.handle(message);
        verify.handle(message);
        if (message.type === 'from-worker' && message.message.type === 'ready') shadow.onReady(message.slot);
      }
    },
    stop() {
      heartbeat.cancel();
      control?.stop();
      verify.stop();
      validator.stop();
      api.close();
    },
  };
}

function controlSource(
  options: EdgeOptions,
  agent: Agent,
  clock: TimerClock,
  logger: Logger,
): ControlSource | undefined {
  if (options.control === null) return undefined;
  const { url, tokenFile } = options.control;
  const token = () => readFileSync(tokenFile, 'utf8').trim();
  const client = new ControlClient({ url: () => url, token, msMax: agentLimits.requestMsMax, clock });
  const kinds = bundleKinds.filter((kind) => rowOf(kind).maker !== 'edge' || options.sites === 'control');
  return new ControlSource({ agent, client, edge: options.edge, clock, logger, random: systemRandom, kinds });
}

function localSites(
  options: EdgeOptions,
  agent: Agent,
  lastGood: ReturnType<typeof openLastGood>,
  disk: Disk,
  clock: TimerClock,
  logger: Logger,
  edgeFolder: string,
): LocalSites | undefined {
  if (options.sites === 'control') return undefined;
  const folders = lastGood.spillFolder === null ? [edgeFolder] : [edgeFolder, lastGood.spillFolder];
  const key = localSigningKey(folders, disk, logger);
  return new LocalSites(options.sites, { agent, lastGood, key, disk, clock, logger });
}

/**
 * Opens the socket when its code is loaded: what visitors wait for goes first. An edge serves without it, too; only local
 * commands need it.
 */
function openLocalApi(path: string, logger: Logger, ports: Omit<LocalApiPorts, 'onError'>): { close(): void } {
  let close: (() => void) | undefined;
  let isOver = false;
  const onError = (error: unknown) => logger.error('local-socket-failed', { path, error: (error as Error).message });
  void import('./localApi.ts').then(({ localApi }) => {
    if (isOver) return;
    const server = localApi({ ...ports, onError });
    server.listen(path).catch(onError);
    close = () => void server.close();
  });
  return {
    close() {
      isOver = true;
      close?.();
    },
  };
}
