import type { HostPort } from '../contract/edgeOptions.ts';
import { err, ok, type Result } from '../kernel/result.ts';

/** `HOST:PORT` or `[IPV6]:PORT`; the brackets are not part of the host. The error is a sentence. */
export function parseListen(text: string): Result<HostPort, string> {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]\s/]{1,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return err('this must read HOST:PORT, for example 127.0.0.1:8080');
  return ok({ host: (match[1] ?? match[2])!, port });
}
