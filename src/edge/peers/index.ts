export { ClientsTopic } from './clientsTopic.ts';
export { PeerCounts } from './peerCounts.ts';
export { PeerExchange, type PeerExchangePorts } from './peerExchange.ts';
export type { PeerTopic } from './peerTopic.ts';
export { RatesTopic } from './ratesTopic.ts';
export { sharedSecret } from './sharedSecret.ts';
