import { socketLimits } from './limits.ts';

/**
 * Where sockets read to. One piece of memory serves all of them, because whoever reads is done with it before the next
 * read, and so reading leaves no garbage. A body that goes on over many reads gets a piece of its own, so that it can be
 * written from there while the kernel is busy with it.
 */
export class ReadMemory {
  readonly shared = Buffer.allocUnsafeSlow(socketLimits.readBytes);

  makeOwn(): Buffer {
    return Buffer.allocUnsafeSlow(socketLimits.readBytes);
  }
}
