import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HpackDecoder } from './index.ts';

/** RFC 7541 Appendix C: blocks of one connection, one after the other, each with its fields and the table's size behind it. */
interface Example {
  readonly section: string;
  /** SETTINGS_HEADER_TABLE_SIZE, when it is not the default. */
  readonly tableBytesMax?: number;
  readonly blocks: readonly { readonly hex: string; readonly fields: readonly string[]; readonly tableBytes: number }[];
}

const requests: readonly (readonly string[])[] = [
  [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com'],
  [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com', 'cache-control', 'no-cache'],
  [
    ...[':method', 'GET', ':scheme', 'https', ':path', '/index.html', ':authority', 'www.example.com'],
    ...['custom-key', 'custom-value'],
  ],
];
const location = ['location', 'https://www.example.com'];
const dateOf = (second: number) => ['date', `Mon, 21 Oct 2013 20:13:${second} GMT`];
const responses: readonly (readonly string[])[] = [
  [':status', '302', 'cache-control', 'private', ...dateOf(21), ...location],
  [':status', '307', 'cache-control', 'private', ...dateOf(21), ...location],
  [
    ...[':status', '200', 'cache-control', 'private', ...dateOf(22), ...location, 'content-encoding', 'gzip'],
    ...['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ],
];

const examples: readonly Example[] = [
  one('C.2.1', '400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key', 'custom-header'], 55),
  one('C.2.2', '040c2f73616d706c652f70617468', [':path', '/sample/path'], 0),
  one('C.2.3', '100870617373776f726406736563726574', ['password', 'secret'], 0),
  one('C.2.4', '82', [':method', 'GET'], 0),
  {
    section: 'C.3',
    blocks: [
      { hex: '828684410f7777772e6578616d706c652e636f6d', fields: requests[0]!, tableBytes: 57 },
      { hex: '828684be58086e6f2d6361636865', fields: requests[1]!, tableBytes: 110 },
      { hex: '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', fields: requests[2]!, tableBytes: 164 },
    ],
  },
  {
    section: 'C.4',
    blocks: [
      { hex: '828684418cf1e3c2e5f23a6ba0ab90f4ff', fields: requests[0]!, tableBytes: 57 },
      { hex: '828684be5886a8eb10649cbf', fields: requests[1]!, tableBytes: 110 },
      { hex: '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', fields: requests[2]!, tableBytes: 164 },
    ],
  },
  {
    section: 'C.5',
    tableBytesMax: 256,
    blocks: [
      {
        hex:
          '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54' +
          '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        fields: responses[0]!,
        tableBytes: 222,
      },
      { hex: '4803333037c1c0bf', fields: responses[1]!, tableBytes: 222 },
      {
        hex:
          '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738' +
          '666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
        fields: responses[2]!,
        tableBytes: 215,
      },
    ],
  },
  {
    section: 'C.6',
    tableBytesMax: 256,
    blocks: [
      {
        hex: '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
        fields: responses[0]!,
        tableBytes: 222,
      },
      { hex: '4883640effc1c0bf', fields: responses[1]!, tableBytes: 222 },
      {
        hex:
          '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af' +
          '27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
        fields: responses[2]!,
        tableBytes: 215,
      },
    ],
  },
];

for (const { section, tableBytesMax, blocks } of examples) {
  test(`RFC 7541 ${section}`, () => {
    const decoder = new HpackDecoder({ tableBytesMax: tableBytesMax ?? 4_096, listBytesMax: 4_096, fieldsMax: 20 });
    for (const { hex, fields, tableBytes } of blocks) {
      const block = Buffer.from(hex, 'hex');
      assert.equal(decoder.decode(block, 0, block.length), undefined);
      assert.deepEqual(decoder.raw, fields);
      assert.equal(decoder.tableBytes, tableBytes);
      assert.equal(decoder.hasInvalidField, false);
    }
  });
}

function one(section: string, hex: string, fields: readonly string[], tableBytes: number): Example {
  return { section, blocks: [{ hex, fields, tableBytes }] };
}
