import { makeLimits } from './makeLimits.ts';

/** What is read of a value; what nobody here asks for (octets, wide numbers) is undefined. */
export type MmdbValue = string | number | boolean | ReadonlyMap<string, MmdbValue> | undefined;

const types = {
  pointer: 1,
  text: 2,
  double: 3,
  uint16: 5,
  uint32: 6,
  map: 7,
  int32: 8,
  list: 11,
  boolean: 14,
} as const;

/** The data section of a MaxMind DB: values by their place in it, each read once. Throws a RangeError where they are damaged. */
export class MmdbValues {
  readonly #bytes: Buffer;
  readonly #known = new Map<number, MmdbValue>();
  #reads = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  at(offset: number): MmdbValue {
    if (this.#known.has(offset)) return this.#known.get(offset);
    const { value } = this.#read(offset, 0);
    this.#known.set(offset, value);
    return value;
  }

  #read(offset: number, depth: number): { value: MmdbValue; end: number } {
    if (depth > makeLimits.recordDepthMax) throw new RangeError('a record is nested too deep');
    this.#reads += 1;
    if (this.#reads > makeLimits.valuesMax)
      throw new RangeError('there are more values than any table of addresses has');
    const bytes = this.#bytes;
    let at = offset;
    const control = bytes.readUInt8(at++);
    let type = control >> 5;
    if (type === types.pointer) return this.#readPointer(control, at, depth);
    if (type === 0) type = 7 + bytes.readUInt8(at++);
    let size = control & 31;
    if (size >= 29) {
      const more = size - 28;
      size = [0, 29, 285, 65_821][more]! + bytes.readUIntBE(at, more);
      at += more;
    }
    if (type === types.map) return this.#readMap(at, size, depth);
    if (type === types.list) {
      for (let index = 0; index < size; index += 1) at = this.#read(at, depth + 1).end;
      return { value: undefined, end: at };
    }
    if (type === types.boolean) return { value: size === 1, end: at };
    const end = at + size;
    if (end > bytes.length) throw new RangeError('a value is longer than the file');
    return { value: this.#plain(type, at, size), end };
  }

  #plain(type: number, at: number, size: number): MmdbValue {
    const bytes = this.#bytes;
    if (type === types.text) return bytes.toString('utf8', at, at + size);
    if (type === types.double && size === 8) return bytes.readDoubleBE(at);
    const isNumber = type === types.uint16 || type === types.uint32 || type === types.int32;
    if (isNumber && size <= 4) return size === 0 ? 0 : bytes.readUIntBE(at, size);
    return undefined;
  }

  #readPointer(control: number, at: number, depth: number): { value: MmdbValue; end: number } {
    const more = ((control >> 3) & 3) + 1;
    const low = this.#bytes.readUIntBE(at, more);
    const high = more === 4 ? 0 : (control & 7) * 256 ** more;
    const target = high + low + [0, 0, 2_048, 526_336, 0][more]!;
    // Maps that point at maps would else be read once for each way that leads to them.
    if (!this.#known.has(target)) this.#known.set(target, this.#read(target, depth + 1).value);
    return { value: this.#known.get(target), end: at + more };
  }

  #readMap(start: number, size: number, depth: number): { value: MmdbValue; end: number } {
    const map = new Map<string, MmdbValue>();
    let at = start;
    for (let index = 0; index < size; index += 1) {
      const key = this.#read(at, depth + 1);
      const inner = this.#read(key.end, depth + 1);
      if (typeof key.value === 'string') map.set(key.value, inner.value);
      at = inner.end;
    }
    return { value: map, end: at };
  }
}
