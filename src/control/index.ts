export { type Control, type ControlPorts, createControl } from './createControl.ts';
export { ensureToken } from './token.ts';
