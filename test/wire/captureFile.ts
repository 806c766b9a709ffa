/* A small reader of pcap and pcapng files, as far as the tests need it: the TCP segments, in the file's order. */

export interface TcpSegment {
  /** Addresses in hexadecimal with the port, e.g. `c0000201:443`. */
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
  readonly isSyn: boolean;
  readonly payload: Buffer;
}

const pcapngMagic = 0x0a0d0d0a;
const linkEthernet = 1;
const linkRaw = [12, 14, 101];
const linkNull = 0;
const linkLinux = 113;

export function tcpSegments(file: Buffer): TcpSegment[] {
  const packets = file.readUInt32LE(0) === pcapngMagic ? pcapngPackets(file) : pcapPackets(file);
  return packets.map(({ link, frame }) => segmentOf(link, frame)).filter((segment) => segment !== undefined);
}

interface Packet {
  readonly link: number;
  readonly frame: Buffer;
}

function pcapPackets(file: Buffer): Packet[] {
  const isLittle = [0xa1b2c3d4, 0xa1b23c4d].includes(file.readUInt32LE(0));
  const u32 = (at: number) => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const link = u32(20) & 0xffff;
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = u32(at + 8);
    packets.push({ link, frame: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return packets;
}

function pcapngPackets(file: Buffer): Packet[] {
  const packets: Packet[] = [];
  let links: number[] = [];
  let isLittle = true;
  const u32 = (at: number) => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  for (let at = 0; at + 12 <= file.length; at += u32(at + 4)) {
    const type = file.readUInt32LE(at);
    if (type === pcapngMagic) {
      isLittle = file.readUInt32LE(at + 8) === 0x1a2b3c4d;
      links = [];
    } else if (u32(at) === 1) {
      links.push(isLittle ? file.readUInt16LE(at + 8) : file.readUInt16BE(at + 8));
    } else if (u32(at) === 6) {
      packets.push({ link: links[u32(at + 8)]!, frame: file.subarray(at + 28, at + 28 + u32(at + 20)) });
    } else if (u32(at) === 3) {
      packets.push({ link: links[0]!, frame: file.subarray(at + 12, at + u32(at + 4) - 4) });
    }
  }
  return packets;
}

function segmentOf(link: number, frame: Buffer): TcpSegment | undefined {
  let ip: Buffer;
  if (link === linkEthernet) {
    let at = 12;
    while ([0x8100, 0x88a8].includes(frame.readUInt16BE(at))) at += 4;
    if (![0x0800, 0x86dd].includes(frame.readUInt16BE(at))) return undefined;
    ip = frame.subarray(at + 2);
  } else if (linkRaw.includes(link)) ip = frame;
  else if (link === linkNull) ip = frame.subarray(4);
  else if (link === linkLinux) ip = frame.subarray(16);
  else throw new Error(`link type ${link} is not read`);
  return ip[0]! >> 4 === 4 ? fromIpv4(ip) : fromIpv6(ip);
}

function fromIpv4(ip: Buffer): TcpSegment | undefined {
  const headerBytes = (ip[0]! & 15) * 4;
  const isFragment = (ip.readUInt16BE(6) & 0x3fff) !== 0;
  if (ip[9] !== 6 || isFragment) return undefined;
  // A total length of 0 is written where the network card was to cut the packet (segmentation offload).
  const length = ip.readUInt16BE(2) || ip.length;
  return fromTcp(ip.subarray(12, 16), ip.subarray(16, 20), ip.subarray(headerBytes, length));
}

function fromIpv6(ip: Buffer): TcpSegment | undefined {
  if (ip[6] !== 6) return undefined;
  const length = ip.readUInt16BE(4) || ip.length - 40;
  return fromTcp(ip.subarray(8, 24), ip.subarray(24, 40), ip.subarray(40, 40 + length));
}

function fromTcp(source: Buffer, destination: Buffer, tcp: Buffer): TcpSegment {
  return {
    source: `${source.toString('hex')}:${tcp.readUInt16BE(0)}`,
    destination: `${destination.toString('hex')}:${tcp.readUInt16BE(2)}`,
    sequence: tcp.readUInt32BE(4),
    isSyn: (tcp[13]! & 2) !== 0,
    payload: tcp.subarray((tcp[12]! >> 4) * 4),
  };
}

/**
 * Both directions of every connection, put together by sequence number from the SYN, or from the lowest number seen
 * where the capture began later; up to the first gap. Key: `source>destination`.
 */
export function tcpStreams(segments: readonly TcpSegment[]): Map<string, Buffer> {
  const grouped = Map.groupBy(segments, ({ source, destination }) => `${source}>${destination}`);
  return new Map([...grouped].map(([key, parts]) => [key, reassembled(parts)]));
}

function reassembled(parts: readonly TcpSegment[]): Buffer {
  const first = parts.find((part) => part.isSyn) ?? parts[0]!;
  const start = (first.sequence + (first.isSyn ? 1 : 0)) >>> 0;
  const placed = parts
    .filter((part) => part.payload.length > 0)
    .map((part) => ({ at: (part.sequence - start) | 0, payload: part.payload }))
    .filter((part) => part.at >= 0)
    .sort((a, b) => a.at - b.at);
  const pieces: Buffer[] = [];
  let length = 0;
  for (const { at, payload } of placed) {
    if (at > length) break;
    const fresh = payload.subarray(length - at);
    pieces.push(fresh);
    length += fresh.length;
  }
  return Buffer.concat(pieces);
}
