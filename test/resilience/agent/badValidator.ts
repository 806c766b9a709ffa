/*
 * Entry of a validator that behaves as a payload might make it behave: `badValidator HOW`. A stand-in for parsers and
 * patterns that have not been found yet.
 */
const [how] = process.argv.slice(2);
const kept: unknown[] = [];
process.on('message', () => {
  switch (how) {
    case 'hangs':
      for (;;);
    case 'takes-typed-arrays':
      // Outside V8's heap, where its limits do not look.
      for (;;) kept.push(new Uint8Array(16 << 20).fill(1));
    case 'takes-heap':
      for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
    case 'exits':
      process.exit(3);
      break;
    case 'throws':
      throw new Error('as told');
  }
});
