import { err, ok, type Result } from '../../kernel/result.ts';

/** One field of a protobuf message as it stands on the wire: varints as number, fixed32 and lengths as bytes. */
export interface WireField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * Splits a message into its fields (the protobuf encoding guide's wire format). Knows nothing of names: the caller picks
 * fields by number. Groups are refused, as proto2 writers stopped making them long ago.
 */
export function readMessage(bytes: Uint8Array): Result<WireField[], string> {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length++) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    let length = 0;
    if (wireType === 0) {
      const value = varint();
      if (Number.isNaN(value)) return err(`varint at byte ${at} does not end`);
      fields.push({ number, value });
      continue;
    }
    if (wireType === 1) length = 8;
    else if (wireType === 5) length = 4;
    else if (wireType === 2) length = varint();
    else return err(`wire type ${wireType} at byte ${at} is not supported`);
    if (!(length <= bytes.length - at)) return err(`field ${number} at byte ${at} is longer than the message`);
    fields.push({ number, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return ok(fields);
}

/** Last value of a varint field, which is the one that counts; `absent` where the message has none. */
export function varintOf(fields: readonly WireField[], number: number, absent: number): number {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : absent;
}

export function bytesOf(fields: readonly WireField[], number: number): Uint8Array | undefined {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : undefined;
}

export function allBytesOf(fields: readonly WireField[], number: number): Uint8Array[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap((field) => (field.value instanceof Uint8Array ? [field.value] : []));
}

/** Values of a float field, packed or not. */
export function floatsOf(fields: readonly WireField[], number: number): number[] {
  return allBytesOf(fields, number).flatMap((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getFloat32(index * 4, true));
  });
}
