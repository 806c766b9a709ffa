import type { Tunnel } from '../exchange/bodies.ts';
import type { Deadlines, Waiting } from './deadlines.ts';

/** Carries bytes both ways until one end closes or nothing moves for `idleMs`; then closes both and tells once. */
export function joinTunnels(
  one: Tunnel,
  other: Tunnel,
  idleMs: number,
  deadlines: Deadlines,
  onOver: () => void,
): void {
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    deadlines.unwatch(idle);
    one.end();
    other.end();
    onOver();
  };
  const idle: Waiting = { deadlineMs: deadlines.nowMs + idleMs, deadlineIndex: -1, onDeadline: end };
  deadlines.watch(idle);
  const carry = (from: Tunnel, to: Tunnel) => {
    to.onRoom(() => from.resume());
    from.onClosed(end);
    from.onBytes((bytes) => {
      if (isOver) return;
      idle.deadlineMs = deadlines.nowMs + idleMs;
      if (!to.write(bytes)) from.pause();
    });
  };
  carry(one, other);
  carry(other, one);
}
