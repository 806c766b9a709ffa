import { prometheusType } from '../../kernel/metrics/prometheusText.ts';
import { jsonAnswer, type LocalAnswer, textAnswer } from '../../localSocket/index.ts';
import type { EdgeView, ProcessView } from './edgeView.ts';
import { metricsPage } from './metricsPage.ts';
import type { Build } from './viewMetrics.ts';

/** What the admin socket tells of. */
export interface AdminSource {
  view(): EdgeView;
  readonly build: Build;
  /** How the edge was started, for `/config`; without secrets. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * What a path of the admin socket says:
 *
 *   /healthz       200 while the supervisor lives
 *   /readyz        200 when at least one worker serves what the edge was started for, else 503 and why
 *   /metrics       Prometheus text
 *   /config        JSON: versions per worker, how the edge was started
 *   /connections   JSON: counts per worker process
 */
export function adminAnswer(target: string, source: AdminSource): LocalAnswer {
  const [path] = target.split('?', 1);
  switch (path) {
    case '/healthz':
      return plain(200, 'ok');
    case '/readyz': {
      const lack = whyNotReady(source.view());
      return lack === undefined ? plain(200, 'ready') : plain(503, lack);
    }
    case '/metrics':
      return { status: 200, type: prometheusType, text: metricsPage(source.view(), source.build) };
    case '/config':
      return jsonAnswer(200, configOf(source));
    case '/connections':
      return jsonAnswer(200, connectionsOf(source.view()));
    default:
      return plain(404, `there is nothing here; ${adminPaths.join(' ')}`);
  }
}

export const adminPaths = ['/healthz', '/readyz', '/metrics', '/config', '/connections'] as const;

/** A sentence, or undefined when it is ready. */
export function whyNotReady({ isStopping, slots }: EdgeView): string | undefined {
  if (isStopping) return 'draining: the edge ends';
  const active = slots.flatMap(({ processes }) => processes.filter(({ role }) => role !== 'draining'));
  if (active.some(({ serves }) => serves)) return undefined;
  if (active.length === 0) return 'no worker lives';
  if (active.every(({ versions }) => versions === undefined)) return 'no worker is ready yet';
  return 'no worker has sites';
}

function configOf({ view, build, options }: AdminSource): unknown {
  const { slots, agent, startedWallMs } = view();
  const worker = (slot: number) => (process: ProcessView) => ({
    slot,
    pid: process.pid,
    role: process.role,
    serves: process.serves,
    versions: process.versions ?? null,
  });
  return {
    ...build,
    startedAt: new Date(startedWallMs).toISOString(),
    supervisor: { pid: process.pid },
    agent: { pid: agent.pid },
    workers: slots.flatMap(({ slot, processes }) => processes.map(worker(slot))),
    options,
  };
}

function connectionsOf({ slots }: EdgeView): unknown {
  const workers = slots.flatMap(({ slot, processes }) =>
    processes.map(({ pid, role, gauges }) => ({
      slot,
      pid,
      role,
      ...(gauges?.connections ?? nothingTold),
      rssBytes: gauges?.rssBytes ?? null,
      overload: gauges?.overload ?? null,
    })),
  );
  const sum = (key: keyof typeof nothingTold) => workers.reduce((total, worker) => total + (worker[key] ?? 0), 0);
  const [open, idle, inRequest] = [sum('open'), sum('idle'), sum('inRequest')];
  return { total: { open, idle, inRequest, tunnels: sum('tunnels'), upstream: sum('upstream') }, workers };
}

const nothingTold = { open: null, idle: null, inRequest: null, tunnels: null, upstream: null } as Readonly<
  Record<'open' | 'idle' | 'inRequest' | 'tunnels' | 'upstream', number | null>
>;

function plain(status: number, text: string): LocalAnswer {
  return textAnswer(status, `${text}\n`);
}
