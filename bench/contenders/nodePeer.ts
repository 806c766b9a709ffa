import { fileURLToPath } from 'node:url';
import type { Scheme } from '../ask.ts';
import type { PeerStart } from '../peers/peerStart.ts';
import { freePort, PinnedProcess } from '../pinned.ts';
import { type Contender, running } from './contender.ts';

/** A program in `peers/`, in one process, on the Node that Holdfast runs on. */
export function nodePeer(name: string, file: string, schemes: readonly Scheme[]): Contender {
  return {
    name,
    tellsScore: null,
    notServed: (scheme) => (schemes.includes(scheme) ? null : `${name} has no HTTP/2 server in front of this proxy`),
    async start(setup) {
      const port = await freePort();
      const { scheme, originPort, certificate } = setup;
      const start: PeerStart = { port, originPort, scheme, ...certificate };
      const entry = fileURLToPath(new URL(`../peers/${file}`, import.meta.url));
      const flags = setup.profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${setup.profileFolder}`];
      return running(
        port,
        new PinnedProcess(process.execPath, [...flags, entry, JSON.stringify(start)], { ...setup, name }),
      );
    },
  };
}
