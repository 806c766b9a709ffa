export { supervisorLimits } from './limits.ts';
export { type BoundSlots, bindSlots, bindUnix, type ListenHandle } from './listenHandles.ts';
export { ServiceNotifier, type ServiceNotifierPorts } from './serviceNotifier.ts';
export { Supervisor, type SupervisorPorts } from './supervisor.ts';
