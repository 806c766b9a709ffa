import type { NodeExchange } from './nodeExchange.ts';

/** One visitor connection and what of it is unanswered. */
export class VisitorConnection {
  readonly address: string;
  readonly isTrusted: boolean;
  /** Answers that are not handed over yet, refusals included; more than one only when the visitor pipelines. */
  unanswered = 0;
  readonly exchanges = new Set<NodeExchange>();
  /** The answer that ends it was given: whatever else arrives on it is not looked at. */
  isEnding = false;

  constructor(address: string, isTrusted: boolean) {
    this.address = address;
    this.isTrusted = isTrusted;
  }

  /** Tells every exchange that its visitor is gone; Node tells only those whose turn had come. */
  abandonAll(): void {
    for (const exchange of this.exchanges) exchange.onClose();
    this.exchanges.clear();
  }
}
