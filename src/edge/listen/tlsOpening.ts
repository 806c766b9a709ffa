import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { edgeLimits } from '../exchange/limits.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import type { Certificates } from './certificates.ts';

export interface TlsOpeningEvents {
  onSecure(socket: TLSSocket): void;
  /** The handshake came to nothing; the connection is gone. */
  onFailed(): void;
}

/** Each of them ends a handshake. */
const failures = ['error', '_tlsError', 'close'] as const;

type NodeTlsSocket = TLSSocket & { secureConnecting: boolean; _releaseControl(): boolean };

/**
 * One TLS handshake, as the server, on a socket whose ClientHello was looked at. Not through `tls.Server`, which forgets
 * which socket a TLS socket came from: what was said before TLS (PROXY header, ClientHello) belongs to this connection.
 */
export class TlsOpening implements Waiting {
  deadlineMs: number;
  deadlineIndex = -1;
  readonly #socket: NodeTlsSocket;
  readonly #deadlines: Deadlines;
  readonly #events: TlsOpeningEvents;
  #isOver = false;

  constructor(
    socket: Socket,
    certificates: Certificates,
    usual: SecureContext,
    http2: boolean,
    deadlines: Deadlines,
    events: TlsOpeningEvents,
  ) {
    this.#deadlines = deadlines;
    this.#events = events;
    this.deadlineMs = deadlines.nowMs + edgeLimits.handshakeMs;
    this.#socket = new TLSSocket(socket, {
      isServer: true,
      secureContext: usual,
      requestCert: false,
      ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      SNICallback: (name, found) => found(null, certificates.find(name)),
    }) as NodeTlsSocket;
    deadlines.watch(this);
    this.#socket.on('secure', this.#onSecure);
    for (const name of failures) this.#socket.on(name, this.#fail);
  }

  onDeadline(): void {
    this.#fail();
  }

  readonly #onSecure = (): void => {
    if (this.#isOver || this.#socket.destroyed) return;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    // An idle connection does not keep what only its handshake needed.
    this.#socket.off('secure', this.#onSecure);
    for (const name of failures) this.#socket.off(name, this.#fail);
    // What tls.Server does at this point: from here on errors are the socket's own.
    this.#socket._releaseControl();
    this.#socket.secureConnecting = false;
    this.#events.onSecure(this.#socket);
  };

  readonly #fail = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    this.#socket.destroy();
    this.#events.onFailed();
  };
}
