import { hpackLimits } from './limits.ts';

/** A field as the tables and the decoder know it. */
export interface FieldEntry {
  readonly name: string;
  readonly value: string;
  /** Of the name: `knownFieldNames`, or `pseudoFields`. */
  readonly number: number;
  /** What it counts in a table and in a list of fields. */
  readonly bytes: number;
  readonly hasInvalidName: boolean;
  /** Its name or its value. */
  readonly isInvalid: boolean;
}

export function fieldEntry(
  name: string,
  value: string,
  number: number,
  hasInvalidName: boolean,
  hasInvalidValue: boolean,
): FieldEntry {
  const bytes = name.length + value.length + hpackLimits.entryBytesExtra;
  return { name, value, number, bytes, hasInvalidName, isInvalid: hasInvalidName || hasInvalidValue };
}
