import { peerLimits } from './limits.ts';

/*
 * Frames between workers: payload length (4 bytes), kind (1), layout (1), two of nothing, payload. The byte order is the
 * machine's. `layout` changes whenever what any of them carries does: workers of two releases live side by side while an
 * edge is upgraded, and do not understand each other.
 */
export const headerBytes = 8;
export const layout = 2;
export const frameKinds = {
  hello: 1,
  observations: 2,
  addresses: 3,
  clients: 4,
  statesEnd: 5,
  rateNews: 6,
  rateStates: 7,
} as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

export function frameOf(kind: FrameKind, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, payload.length, true);
  frame[4] = kind;
  frame[5] = layout;
  frame[6] = 0;
  frame[7] = 0;
  frame.set(payload, headerBytes);
  return frame;
}

/**
 * Puts frames together again. Any bytes do no harm: `onFrame` gets what claims to be a frame, and `false` of `read` means
 * that this is none of ours and the connection should end.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(headerBytes);
  /** Lent to `onFrame`, and aligned for numbers of 8 bytes. */
  #payload: Uint8Array<ArrayBuffer> | undefined;
  #read = 0;

  read(bytes: Uint8Array, onFrame: (kind: number, payload: Uint8Array<ArrayBuffer>) => boolean): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#read < headerBytes) {
        const taken = Math.min(headerBytes - this.#read, bytes.length - at);
        this.#header.set(bytes.subarray(at, at + taken), this.#read);
        this.#read += taken;
        at += taken;
        if (this.#read < headerBytes) return true;
        if (this.#header[5] !== layout || this.#length > peerLimits.payloadBytesMax) return false;
      }
      this.#payload ??= new Uint8Array(new ArrayBuffer(peerLimits.payloadBytesMax));
      const done = this.#read - headerBytes;
      const taken = Math.min(this.#length - done, bytes.length - at);
      this.#payload.set(bytes.subarray(at, at + taken), done);
      this.#read += taken;
      at += taken;
      if (this.#read < headerBytes + this.#length) return true;
      this.#read = 0;
      if (!onFrame(this.#header[4]!, this.#payload.subarray(0, this.#length))) return false;
    }
    return true;
  }

  get #length(): number {
    return this.#header.readUInt32LE(0);
  }
}

const helloName = /^w\d{1,4}-\d{1,10}\.sock$/;

/** Whether a file in the folder is a worker's socket. */
export function isPeerName(name: string): boolean {
  return helloName.test(name);
}

export function peerName(slot: number, pid: number): string {
  return `w${slot}-${pid}.sock`;
}

/** The process whose socket it is. */
export function pidOf(name: string): number {
  return Number(/-(\d+)\.sock$/.exec(name)?.[1] ?? 0);
}

/** First word on a connection: who connects, and whether it wants to know of all clients. */
export function helloOf(name: string, wantsStates: boolean): Buffer {
  return frameOf(frameKinds.hello, Buffer.from(`${wantsStates ? '+' : '-'}${name}`, 'latin1'));
}

export function readHello(payload: Uint8Array): { readonly name: string; readonly wantsStates: boolean } | undefined {
  const text = Buffer.from(payload.subarray(0, 64)).toString('latin1');
  const name = text.slice(1);
  return isPeerName(name) ? { name, wantsStates: text[0] === '+' } : undefined;
}
