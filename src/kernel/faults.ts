/**
 * Named points at which a test may end the process or make an operation fail. Production wires `noFaults`; the only
 * other implementations live under `test/` and are reached by no configuration.
 */
export interface FaultPoints {
  /** Called when the code reaches `point`, e.g. `lastgood.state.before-rename`. May not return. */
  reach(point: string): void;
}

export const noFaults: FaultPoints = { reach() {} };
