/** A record: texts and numbers, or such in records. */
export interface MmdbRecord {
  readonly [key: string]: string | number | MmdbRecord;
}

export interface WriteMmdbOptions {
  readonly recordBits: 24 | 28 | 32;
  readonly ipVersion: 4 | 6;
  /** Bits of the prefix, `0`s and `1`s, and what stands there; a second prefix may share the record. */
  readonly networks: readonly { readonly prefix: string; readonly record: MmdbRecord }[];
  /** Prefixes under which the subtree of IPv4 hangs once more. */
  readonly aliases?: readonly string[];
}

interface Node {
  readonly sides: [Node | number | undefined, Node | number | undefined];
}

/** A small MaxMind DB as its format describes it; texts that were written before are pointed to. */
export function writeMmdb({ recordBits, ipVersion, networks, aliases = [] }: WriteMmdbOptions): Buffer {
  const data: Buffer[] = [];
  let dataBytes = 0;
  const texts = new Map<string, number>();
  const put = (bytes: Buffer) => {
    data.push(bytes);
    dataBytes += bytes.length;
  };
  const putText = (text: string) => {
    const known = texts.get(text);
    if (known !== undefined && known < 2_048) return put(Buffer.from([0x20 | (known >> 8), known & 255]));
    texts.set(text, dataBytes);
    put(Buffer.concat([head(2, Buffer.byteLength(text)), Buffer.from(text)]));
  };
  const putValue = (value: string | number | MmdbRecord) => {
    if (typeof value === 'string') return putText(value);
    if (typeof value === 'number') {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      const from = bytes.findIndex((byte) => byte !== 0);
      return put(
        Buffer.concat([head(6, from === -1 ? 0 : 4 - from), from === -1 ? Buffer.alloc(0) : bytes.subarray(from)]),
      );
    }
    put(head(7, Object.keys(value).length));
    for (const [key, inner] of Object.entries(value)) {
      putText(key);
      putValue(inner);
    }
  };
  const root: Node = { sides: [undefined, undefined] };
  const hang = (prefix: string, what: Node | number) => {
    let node = root;
    for (const [at, bit] of [...prefix].entries()) {
      const side = Number(bit) as 0 | 1;
      if (at === prefix.length - 1) node.sides[side] = what;
      else {
        const next = node.sides[side];
        const inner: Node = typeof next === 'object' ? next : { sides: [undefined, undefined] };
        node.sides[side] = inner;
        node = inner;
      }
    }
  };
  for (const { prefix, record } of networks) {
    hang(prefix, dataBytes);
    putValue(record);
  }
  const find = (prefix: string) =>
    [...prefix].reduce<Node>((node, bit) => node.sides[Number(bit) as 0 | 1] as Node, root);
  for (const alias of aliases) hang(alias, find('0'.repeat(96)));

  const nodes = new Map<Node, number>();
  const order: Node[] = [];
  const number = (node: Node) => {
    if (nodes.has(node)) return;
    nodes.set(node, order.push(node) - 1);
    for (const side of node.sides) if (typeof side === 'object') number(side);
  };
  number(root);
  const tree = order.map((node) => {
    const [left, right] = node.sides.map((side) =>
      side === undefined ? order.length : typeof side === 'number' ? order.length + 16 + side : nodes.get(side)!,
    ) as [number, number];
    const bytes = Buffer.alloc(recordBits / 4);
    if (recordBits === 28) {
      bytes.writeUIntBE(left & 0xff_ffff, 0, 3);
      bytes[3] = ((left >> 24) << 4) | (right >> 24);
      bytes.writeUIntBE(right & 0xff_ffff, 4, 3);
    } else {
      bytes.writeUIntBE(left, 0, recordBits / 8);
      bytes.writeUIntBE(right, recordBits / 8, recordBits / 8);
    }
    return bytes;
  });
  const body = Buffer.concat([...tree, Buffer.alloc(16), ...data]);
  data.length = 0;
  texts.clear();
  dataBytes = 0;
  putValue({ node_count: order.length, record_size: recordBits, ip_version: ipVersion });
  return Buffer.concat([body, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), ...data]);
}

/** Sizes below 29 fit into the control octet. */
function head(type: number, size: number): Buffer {
  if (size >= 29) return Buffer.from([(type << 5) | 29, size - 29]);
  return Buffer.from([(type << 5) | size]);
}
