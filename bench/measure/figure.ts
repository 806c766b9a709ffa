/** One thing that was measured of one contender in one case. */
export interface Figure {
  readonly caseName: string;
  /** What the values are, with their unit: `CPU per request, µs`. */
  readonly measure: string;
  readonly contender: string;
  /** One per valid round. */
  readonly values: readonly number[];
  /** Why rounds do not count; each is a failure of the run. */
  readonly invalid: readonly string[];
  /** Why the contender cannot serve this case at all; null: it does. */
  readonly notServed: string | null;
}
