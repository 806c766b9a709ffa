export { type Control, type ControlPorts, createControl } from './createControl.ts';
export { controlLogger } from './log.ts';
export { ensureToken } from './token.ts';
