/** Which process answered. */
export interface EdgeIdentity {
  readonly edge: string;
  readonly worker: number;
}
