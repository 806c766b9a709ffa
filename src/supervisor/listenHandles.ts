import { lstatSync, rmSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import type { HostPort } from '../contract/edgeOptions.ts';
import { err, ok, type Result } from '../kernel/result.ts';

/** A bound socket that this process holds and does not accept on. */
export interface ListenHandle {
  /** Passed to the worker in `stdio`; stays open here, so that the queue outlives every worker. */
  readonly descriptor: number;
  close(): void;
}

export interface BoundSlots {
  readonly port: number;
  readonly slots: readonly ListenHandle[];
}

/**
 * Binds one socket per worker slot on the same address, with SO_REUSEPORT so that the kernel spreads connections. Only
 * bound: a worker calls listen on its descriptor, and with every descriptor held here, too, a worker's end closes none
 * (a closing SO_REUSEPORT socket resets what waits in its queue: 222–323 of 98,000 connections in 40 swaps).
 *
 * Node offers binding without accepting only through `net._createServerHandle`, which its own cluster module uses.
 * The error is a sentence.
 */
export function bindSlots({ host, port }: HostPort, count: number): Result<BoundSlots, string> {
  // With SO_REUSEPORT a second edge would bind the same port without a word and take half of the visitors.
  const probe = bind(host, port, 0);
  if (typeof probe === 'number') return err(bindProblem(host, port, probe));
  const bound = portOf(probe);
  probe.close();
  const slots: RawHandle[] = [];
  for (let slot = 0; slot < count; slot++) {
    const handle = bind(host, bound, reusePortFlag);
    if (typeof handle === 'number') {
      for (const other of slots) other.close();
      return err(bindProblem(host, bound, handle));
    }
    slots.push(handle);
  }
  return ok({ port: bound, slots: slots.map((handle) => ({ descriptor: handle.fd, close: () => handle.close() })) });
}

/**
 * Binds a unix socket. One handle serves all slots: there is no SO_REUSEPORT for them, and each worker accepts from the
 * same queue. What lies at the path is replaced when nobody listens there. The error is a sentence.
 */
export async function bindUnix(path: string): Promise<Result<ListenHandle, string>> {
  if (await isListening(path)) return err(`cannot listen on unix:${path}: another program listens there`);
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
  } catch (error) {
    return err(`cannot listen on unix:${path}: what lies there cannot be removed (${(error as Error).message})`);
  }
  const handle = create(path, -1, -1, undefined, 0);
  if (typeof handle === 'number') {
    const code = errorCodes.get(handle) ?? `error ${handle}`;
    return err(`cannot listen on unix:${path}: the folder is missing or refuses it (${code})`);
  }
  return ok({
    descriptor: handle.fd,
    close: () => {
      handle.close();
      rmSync(path, { force: true });
    },
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** libuv's UV_TCP_REUSEPORT. */
const reusePortFlag = 2;

interface RawHandle {
  readonly fd: number;
  getsockname(out: { port?: number }): number;
  close(): void;
}

/** The handle, or libuv's negative error number. */
function bind(host: string, port: number, flags: number): RawHandle | number {
  const handle = create(host, port, host.includes(':') ? 6 : 4, undefined, flags);
  // libuv keeps a taken address to itself until listen; a socket that was not bound has no port, though.
  if (typeof handle === 'number' || portOf(handle) !== 0) return handle;
  handle.close();
  return addressInUse;
}

const addressInUse = -98;

type CreateServerHandle = (
  hostOrPath: string,
  port: number,
  family: 4 | 6 | -1,
  descriptor: undefined,
  flags: number,
) => RawHandle | number;

const { _createServerHandle: create } = net as unknown as { readonly _createServerHandle: CreateServerHandle };

function portOf(handle: RawHandle): number {
  const name: { port?: number } = {};
  handle.getsockname(name);
  return name.port ?? 0;
}

function bindProblem(host: string, port: number, errorNumber: number): string {
  const code = errorCodes.get(errorNumber) ?? `error ${errorNumber}`;
  const help: Record<string, string> = {
    EADDRINUSE: 'another program listens there; end it or choose another --listen HOST:PORT',
    EACCES: 'this user may not bind that port; take one from 1024 up or grant CAP_NET_BIND_SERVICE',
    EADDRNOTAVAIL: 'this machine has no such address',
  };
  return `cannot listen on ${host}:${port}: ${help[code] ?? 'the address cannot be bound'} (${code})`;
}

const errorCodes = new Map<number, string>([
  [addressInUse, 'EADDRINUSE'],
  [-48, 'EADDRINUSE'],
  [-13, 'EACCES'],
  [-99, 'EADDRNOTAVAIL'],
  [-49, 'EADDRNOTAVAIL'],
  [-22, 'EINVAL'],
  [-2, 'ENOENT'],
  [-20, 'ENOTDIR'],
  [-30, 'EROFS'],
]);
