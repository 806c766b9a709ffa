import { createSocket } from 'node:dgram';

/** Names and addresses that a name server knows: `PTR 7.2.0.192.in-addr.arpa`, `A host`, `AAAA host`. */
export type Zone = Readonly<Record<string, readonly string[] | 'silent' | 'fails'>>;

const types: Readonly<Record<number, string>> = { 1: 'A', 12: 'PTR', 28: 'AAAA' };

/** A small name server over UDP on 127.0.0.1 (RFC 1035 section 4): a real peer for what asks names. */
export async function startDnsServer(zone: Zone) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query, 12);
    const type = query.readUInt16BE(end);
    const key = `${types[type] ?? type} ${name.toLowerCase()}`;
    asked.push(key);
    const records = zone[key] ?? [];
    if (records === 'silent') return;
    const code =
      records === 'fails'
        ? 2
        : records.length > 0 || Object.keys(zone).some((known) => known.endsWith(` ${name}`))
          ? 0
          : 3;
    const answers = records === 'fails' ? [] : records.map((record) => answerOf(type, record));
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...answers]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, asked, close: () => socket.close() };
}

function answerOf(type: number, record: string): Buffer {
  const data =
    type === 12 ? writeName(record) : type === 1 ? Buffer.from(record.split('.').map(Number)) : sixBytes(record);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // The name that was asked for.
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(3_600, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** Eight groups, none left away. */
function sixBytes(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  for (const [index, group] of address.split(':').entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  while (message[at] !== 0) {
    const length = message[at]!;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function writeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
