/*
 * Ways to write Transfer-Encoding that some server in use has taken for `chunked`, or for nothing, while another thought
 * otherwise. Each is the field as it stands in the head, without the line end behind it; latin1. Collected from published
 * research on request smuggling and from advisories of servers and proxies.
 */

/** Odd names, all before the value `chunked`. */
const names: readonly string[] = [
  ...['Transfer-Encoding', 'transfer-encoding', 'TRANSFER-ENCODING', 'tRANSFER-eNCODING', 'Transfer_Encoding'],
  ...[
    'Transfer-Encoding ',
    'Transfer-Encoding\t',
    'Transfer-Encoding  ',
    'Transfer-Encoding \t',
    'Transfer-Encoding\r',
  ],
  ...['Transfer-Encoding\x0b', 'Transfer-Encoding\f', 'Transfer-Encoding\0', 'Transfer-Encoding\x85'],
  ...['Transfer-Encoding\xa0', 'Transfer-Encoding\x7f', 'Transfer-Encoding\x01', 'Transfer-Encoding\x1f'],
  ...[
    ' Transfer-Encoding',
    '\tTransfer-Encoding',
    '\x0bTransfer-Encoding',
    '\0Transfer-Encoding',
    '\rTransfer-Encoding',
  ],
  ...['\x7fTransfer-Encoding', '\xa0Transfer-Encoding', '\xef\xbb\xbfTransfer-Encoding', ':Transfer-Encoding'],
  ...['Transfer Encoding', 'Transfer\tEncoding', 'Transfer--Encoding', 'TransferEncoding', 'Transfer-Encodin'],
  ...['Transfer-Encoding-', 'XTransfer-Encoding', 'X-Transfer-Encoding', 'Transfer-\0Encoding', 'Transfer\xadEncoding'],
  ...[
    'Transfer\xe2\x80\x90Encoding',
    'Transfer-Enc\xc3\xb6ding',
    'Tran\xc5\xbffer-Encoding',
    'Transfer-Encod\xc4\xb1ng',
  ],
  ...['Transfer%2DEncoding', 'Transfer.Encoding', '"Transfer-Encoding"', 'Transfer-Encoding;', 'Transfer-Encoding,'],
  ...['Transfer-Encoding=chunked;', 'Transfer-Encoding: chunked\rX', 'Content-Transfer-Encoding', 'TE'],
];

/** What stands behind the name: colon and all. */
const values: readonly string[] = [
  ...[
    ':chunked',
    ':  chunked',
    ':\tchunked',
    ':\t\tchunked',
    ': \t chunked',
    ':\x0bchunked',
    ':\fchunked',
    ':\rchunked',
  ],
  ...[':\0chunked', ': \0chunked', ':\x01chunked', ':\x85chunked', ':\xa0chunked', ': \x7fchunked', ':: chunked'],
  ...[': chunked ', ': chunked\t', ': chunked \t ', ': chunked\x0b', ': chunked\f', ': chunked\0', ': chunked\r'],
  ...[': chunked\x7f', ': chunked\x85', ': chunked\xa0', ': chunked\xff', ': chunked\x1f', ': chunked\x01'],
  ...[
    ': Chunked',
    ': CHUNKED',
    ': cHuNkEd',
    ': chunKed',
    ': chun\xe2\x84\xaaed',
    ': chunke\xc4\x91',
    ': c\xc4\xa5unked',
  ],
  ...[': xchunked', ': chunkedx', ': x-chunked', ': chunked-x', ': chunke', ': chunk', ': hunked', ': ch\0unked'],
  ...[
    ': ch unked',
    ': chunked chunked',
    ': chunked, chunked',
    ': chunked,chunked',
    ': chunked , chunked',
    ': ,chunked',
  ],
  ...[': , chunked', ': chunked,', ': chunked, ', ': chunked,,', ': ,,chunked,,', ': chunked;', ': chunked; q=1'],
  ...[': chunked;q=0', ': chunked;a=b', ': chunked;a="b, identity"', ': ;chunked', ': chunked=1', ': chunked/1'],
  ...[': "chunked"', ": 'chunked'", ': [chunked]', ': (chunked)', ': <chunked>', ': \\chunked', ': %63hunked'],
  ...[': identity', ': identity, chunked', ': chunked, identity', ': identity;chunked', ': gzip, chunked'],
  ...[': chunked, gzip', ': deflate, chunked', ': compress, chunked', ': cow, chunked', ': chunked, cow', ': cow'],
  ...[
    ': trailers, chunked',
    ': gzip',
    ': deflate',
    ': none',
    ': null',
    ': false',
    ': *',
    ': *, chunked',
    ': 1',
    ': ',
    ':',
  ],
  ...[
    ': chunked, chunked, chunked',
    ': chunked\t,\tchunked',
    ': "x", chunked',
    ': x="chunked"',
    ': chunked:',
    ': chunked#',
  ],
];

/** Several lines, folded lines, and line ends that are none. */
const lines: readonly string[] = [
  ...['Transfer-Encoding:\r\n chunked', 'Transfer-Encoding:\r\n\tchunked', 'Transfer-Encoding: \r\n \r\n chunked'],
  ...['Transfer-Encoding\r\n: chunked', 'Transfer-Encoding\r\n : chunked', 'Transfer-Encoding: chu\r\n nked'],
  ...['Transfer-Encoding:\n chunked', 'Transfer-Encoding:\nchunked', 'Transfer-Encoding\n: chunked'],
  ...[
    'Transfer-Encoding: x\r\n chunked',
    'Transfer-Encoding: chunked\r\n x',
    'Transfer-Encoding: identity,\r\n chunked',
  ],
  ...['Transfer-Encoding: chunked\r\nTransfer-Encoding: x', 'Transfer-Encoding: x\r\nTransfer-Encoding: chunked'],
  ...[
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
    'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  ],
  ...[
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\ntransfer-encoding: cow',
  ],
  ...['Transfer-Encoding: chunked\r\nTransfer-encoding:', 'Transfer-Encoding:\r\nTransfer-Encoding: chunked'],
  ...[
    'Foo: bar\nTransfer-Encoding: chunked',
    'Foo: bar\rTransfer-Encoding: chunked',
    'Foo: bar\r\rTransfer-Encoding: chunked',
  ],
  ...[
    'Foo: bar\n\rTransfer-Encoding: chunked',
    'Foo: bar\0Transfer-Encoding: chunked',
    'Foo\r\nTransfer-Encoding: chunked',
  ],
  ...[
    'Foo: bar\r\n Transfer-Encoding: chunked',
    'Foo: bar\r\n\tTransfer-Encoding: chunked',
    'Foo:\nTransfer-Encoding: chunked',
  ],
  ...[
    'Foo: "\r\nTransfer-Encoding: chunked\r\nBar: "',
    '\r\nTransfer-Encoding: chunked',
    '\nTransfer-Encoding: chunked',
  ],
  ...[': x\r\nTransfer-Encoding: chunked', '\0: x\r\nTransfer-Encoding: chunked', ' \r\nTransfer-Encoding: chunked'],
  ...[
    'Foo: \x85Transfer-Encoding: chunked',
    'Foo: x\xe2\x80\xa8Transfer-Encoding: chunked',
    'Transfer-Encoding chunked',
  ],
  ...[
    'Transfer-Encoding',
    'Transfer-Encoding; chunked',
    'Transfer-Encoding = chunked',
    'Transfer-Encoding\xef\xbc\x9a chunked',
  ],
];

export const transferEncodings: readonly string[] = [
  ...new Set([
    ...names.map((name) => `${name}: chunked`),
    ...values.map((value) => `Transfer-Encoding${value}`),
    ...lines,
  ]),
];
