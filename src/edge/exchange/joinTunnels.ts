import type { Tunnel } from './bodies.ts';

/** Carries bytes both ways until one end closes or nothing moves for `idleMs`; then closes both and tells once. */
export function joinTunnels(one: Tunnel, other: Tunnel, idleMs: number, onOver: () => void): void {
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    one.end();
    other.end();
    onOver();
  };
  const timer = setTimeout(end, idleMs);
  const carry = (from: Tunnel, to: Tunnel) => {
    to.onRoom(() => from.resume());
    from.onClosed(end);
    from.onBytes((bytes) => {
      if (isOver) return;
      timer.refresh();
      if (!to.write(bytes)) from.pause();
    });
  };
  carry(one, other);
  carry(other, one);
}
