import { readdirSync, readFileSync } from 'node:fs';

/** SIGKILL to a process that this one started and to all of its descendants, parents first so that nobody replaces a child. */
export function killTree(pid: number): void {
  const children = childrenByParent();
  const doomed = [pid];
  for (const one of doomed) doomed.push(...(children.get(one) ?? []));
  for (const one of doomed) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The command in parentheses may hold anything; the parent is the second field behind it.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // Gone while we looked.
    }
  }
  return children;
}
