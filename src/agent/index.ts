export { Agent, type AgentPorts } from './agent.ts';
export { faultPoints } from './faultPoints.ts';
export { agentLimits } from './limits.ts';
export type { Outcome } from './outcome.ts';
export { type AgentProcess, type AgentProcessPorts, startAgent } from './startAgent.ts';
export { type ValidatorBounds, ValidatorProcess } from './validatorProcess.ts';
