export { observationLosses, PeerCounts } from './peerCounts.ts';
export { PeerExchange, type PeerExchangePorts } from './peerExchange.ts';
