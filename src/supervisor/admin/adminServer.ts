import type { TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { type LocalAnswer, type LocalHead, LocalServer, textAnswer } from '../../localSocket/index.ts';
import { type AdminSource, adminAnswer } from './adminAnswer.ts';
import { adminLimits } from './limits.ts';

export interface AdminServerPorts {
  readonly source: AdminSource;
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** On an address: only requests for a loopback name are answered, so that no web page in a browser can read it. */
  readonly isOnAddress: boolean;
}

/**
 * The admin socket, for reading alone: GET and HEAD without a body. It lives in the supervisor, which serves no visitor and
 * waits for nothing, so that it answers when every worker is busy or dead.
 */
export function adminServer(ports: AdminServerPorts): LocalServer {
  const { clock, isOnAddress, logger } = ports;
  const pages = new PageMemory(ports);
  return new LocalServer({
    clock,
    connectionsMax: adminLimits.connectionsMax,
    requestMsMax: adminLimits.requestMsMax,
    route: (head) => refusalOf(head, isOnAddress) ?? { bodyBytesMax: 0, answer: () => pages.get(head.target) },
    refused: refusal,
    failed(error) {
      logger.error('admin-answer-failed', { message: String(error) });
      return refusal(500, 'the answer could not be made');
    },
    onError: (error) => logger.error('admin-socket-failed', { message: String(error) }),
  });
}

function refusalOf({ method, hasBody, host }: LocalHead, isOnAddress: boolean): LocalAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') {
    return { ...refusal(405, 'this socket answers GET and HEAD'), headers: { Allow: 'GET, HEAD' } };
  }
  if (hasBody) return refusal(413, 'this socket takes no body');
  if (isOnAddress && !isLoopbackName(host)) return refusal(421, 'ask for 127.0.0.1 or localhost');
  return undefined;
}

function refusal(status: number, text: string): LocalAnswer {
  return textAnswer(status, `${text}\n`);
}

function isLoopbackName(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i.test(host);
}

/** The last page and when it was made: however often it is asked for, the supervisor makes it a few times a second. */
class PageMemory {
  readonly #ports: AdminServerPorts;
  #target = '';
  #page: LocalAnswer | undefined;
  #madeMs = 0;

  constructor(ports: AdminServerPorts) {
    this.#ports = ports;
  }

  get(target: string): LocalAnswer {
    const nowMs = this.#ports.clock.monotonicMs();
    const isFresh = nowMs - this.#madeMs < adminLimits.pageMsMin && target === this.#target;
    if (this.#page !== undefined && isFresh) return this.#page;
    this.#page = adminAnswer(target, this.#ports.source);
    this.#target = target;
    this.#madeMs = nowMs;
    return this.#page;
  }
}
