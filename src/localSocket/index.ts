export { type LocalCallBounds, localCall } from './localCall.ts';
export { jsonAnswer, type LocalAnswer, type LocalHead, type LocalRoute, textAnswer } from './localRoute.ts';
export { LocalServer, type LocalServerPorts } from './localServer.ts';
