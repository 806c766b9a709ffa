export { supervisorLimits } from './limits.ts';
export { type BoundSlots, bindSlots, bindUnix, type ListenHandle } from './listenHandles.ts';
export { Supervisor, type SupervisorPorts } from './supervisor.ts';
