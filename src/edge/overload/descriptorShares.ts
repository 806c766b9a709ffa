import { descriptorLimits } from './limits.ts';

/** How a worker divides the descriptors that it may have. */
export interface DescriptorShares {
  /** Visitors' connections. */
  readonly visitorsMax: number;
  /** Connections of both sides together. */
  readonly connectionsMax: number;
}

/**
 * Divides `descriptorsMax` so that whoever was let in can be served: a part for the worker's own files, and enough for
 * connections to origins that each visitor's request finds one. Visitors above their share are turned away at once; without
 * one they would hold the last descriptors, and every request would fail for want of one to its origin.
 */
export function shareDescriptors(descriptorsMax: number): DescriptorShares {
  if (!Number.isFinite(descriptorsMax)) return { visitorsMax: descriptorsMax, connectionsMax: descriptorsMax };
  const own = Math.min(descriptorLimits.ownMax, Math.floor(descriptorsMax / 2));
  const connectionsMax = descriptorsMax - own;
  const upstream = Math.min(descriptorLimits.upstreamMax, Math.ceil(connectionsMax / 2));
  return { visitorsMax: connectionsMax - upstream, connectionsMax };
}
