import type { BodyOut, BodyTransform } from '../../../src/edge/pipeline/bodyTransform.ts';
import type { Steps } from '../../../src/edge/pipeline/module.ts';
import type { FailureMeaning, Phase } from '../../../src/modules/row/declaration.ts';

/** One way in which a module can fail in one phase. */
export interface Fault {
  readonly phase: Phase;
  readonly how: string;
  /** The step that fails so. */
  readonly steps: Steps;
  /** The first byte of the answer is out when it happens. */
  readonly isLate?: true;
  /** What the visitor's request must be for the phase to come. */
  readonly needs?: 'body' | 'dead-origin';
  /** The visitor has all of the answer by then. */
  readonly isBehindAll?: true;
  /** No failure is counted: the module used what it may use. */
  readonly isAllowed?: true;
}

const thrown = () => {
  throw new Error('broken');
};
const rubbish = () => 7 as never;

/** A transform that passes everything, but for what is said otherwise. */
function transform(said: Partial<BodyTransform> & { readonly changes: BodyTransform['changes'] }): BodyTransform {
  let out: BodyOut;
  return {
    start: (given) => {
      out = given;
    },
    write: (bytes) => out.write(bytes),
    lull: () => out.flush(),
    end: () => out.end(),
    room: () => out.room(),
    stop() {},
    ...said,
  };
}

/** Every way that there is, phase by phase. A hang inside a step is the supervisor's: `test/resilience/workers`. */
export const faults: readonly Fault[] = [
  { phase: 'head', how: 'throws', steps: { head: thrown } },
  { phase: 'head', how: 'answers rubbish', steps: { head: rubbish } },
  {
    phase: 'head',
    how: 'gives a reason that is not its own',
    steps: { head: () => ({ kind: 'decline', why: 'blocked' }) },
  },
  {
    phase: 'head',
    how: 'waits and throws',
    steps: { head: () => ({ kind: 'wait', forMs: 1_000, late: undefined, start: thrown }) },
  },
  {
    phase: 'head',
    how: 'waits and is resumed with rubbish',
    steps: {
      head: () => ({
        kind: 'wait',
        forMs: 1_000,
        late: undefined,
        start: (resume) => {
          setImmediate(() => resume(rubbish()));
          return () => {};
        },
      }),
    },
  },
  {
    phase: 'head',
    how: 'waits for ever',
    isAllowed: true,
    steps: { head: () => ({ kind: 'wait', forMs: 50, late: undefined, start: () => () => {} }) },
  },
  { phase: 'requestBody', how: 'throws', needs: 'body', steps: { requestBody: thrown } },
  { phase: 'requestBody', how: 'answers rubbish', needs: 'body', steps: { requestBody: rubbish } },
  {
    phase: 'requestBody',
    how: 'throws at a piece',
    needs: 'body',
    steps: { requestBody: () => ({ kind: 'pieces', onBytes: thrown }) },
  },
  {
    phase: 'requestBody',
    how: 'answers a piece with rubbish',
    needs: 'body',
    steps: { requestBody: () => ({ kind: 'pieces', onBytes: rubbish }) },
  },
  {
    phase: 'requestBody',
    how: 'throws at the whole',
    needs: 'body',
    steps: { requestBody: () => ({ kind: 'whole', bytesMax: 1_000, onWhole: thrown, onTooLong: thrown }) },
  },
  {
    phase: 'requestBody',
    how: 'throws at what is too long',
    needs: 'body',
    steps: { requestBody: () => ({ kind: 'whole', bytesMax: 2, onWhole: thrown, onTooLong: thrown }) },
  },
  {
    phase: 'requestBody',
    how: 'answers the whole with a wait',
    needs: 'body',
    steps: {
      requestBody: () => ({
        kind: 'whole',
        bytesMax: 1_000,
        onWhole: () => ({ kind: 'wait', forMs: 1, late: undefined, start: () => () => {} }) as never,
        onTooLong: thrown,
      }),
    },
  },
  { phase: 'originHead', how: 'throws', steps: { originHead: thrown } },
  { phase: 'originHead', how: 'promises', steps: { originHead: async () => thrown() } },
  {
    phase: 'originHead',
    how: 'adds what frames the message',
    steps: { originHead: (_, head) => head.add('Transfer-Encoding', 'chunked') },
  },
  {
    phase: 'originHead',
    how: 'adds a name that is two',
    steps: { originHead: (_, head) => head.add('X: 1\r\nY', 'a') },
  },
  {
    phase: 'originHead',
    how: 'adds what would be a request of its own',
    steps: { originHead: (_, head) => head.add('X-Evil', 'a\r\n\r\nGET / HTTP/1.1') },
  },
  { phase: 'serve', how: 'throws', steps: { serve: thrown } },
  { phase: 'serve', how: 'answers rubbish', steps: { serve: rubbish } },
  {
    phase: 'serve',
    how: 'waits for ever',
    isAllowed: true,
    steps: { serve: () => ({ kind: 'wait', forMs: 50, late: undefined, start: () => () => {} }) },
  },
  { phase: 'noAnswer', how: 'throws', needs: 'dead-origin', steps: { noAnswer: thrown } },
  { phase: 'noAnswer', how: 'answers rubbish', needs: 'dead-origin', steps: { noAnswer: rubbish } },
  { phase: 'answerHead', how: 'throws', steps: { answerHead: thrown } },
  { phase: 'answerHead', how: 'answers rubbish', steps: { answerHead: rubbish } },
  {
    phase: 'answerHead',
    how: 'answers with letters that become line ends on the wire',
    steps: { answerHead: (_, head) => ({ ...head, fields: { raw: ['X', 'a\u010d\u010ab'], numbers: [0] } }) },
  },
  {
    phase: 'answerHead',
    how: 'answers with another length',
    steps: { answerHead: (_, head) => ({ ...head, fields: { raw: ['Content-Length', '1'], numbers: [0] } }) },
  },
  {
    phase: 'answerHead',
    how: 'answers with two heads in one',
    steps: {
      answerHead: (_, head) => ({ ...head, fields: { raw: ['X', 'a\r\n\r\nHTTP/1.1 200 OK'], numbers: [0] } }),
    },
  },
  { phase: 'answerBody', how: 'throws', steps: { answerBody: thrown } },
  { phase: 'answerBody', how: 'answers rubbish', steps: { answerBody: rubbish } },
  ...(['nothing', 'content'] as const).flatMap((changes): Fault[] => [
    {
      phase: 'answerBody',
      how: `throws at a piece, ${changes} changed`,
      isLate: true,
      steps: { answerBody: () => transform({ changes, write: thrown }) },
    },
    {
      phase: 'answerBody',
      how: `answers a piece with rubbish, ${changes} changed`,
      isLate: true,
      steps: { answerBody: () => transform({ changes, write: rubbish }) },
    },
    {
      phase: 'answerBody',
      how: `throws at the end, ${changes} changed`,
      isLate: true,
      ...(changes === 'nothing' && { isBehindAll: true }),
      steps: { answerBody: () => transform({ changes, end: thrown }) },
    },
  ]),
  {
    phase: 'answerBody',
    how: 'writes what are no octets',
    isLate: true,
    steps: {
      answerBody: () => {
        let out: BodyOut;
        return transform({
          changes: 'content',
          start: (given) => {
            out = given;
          },
          write: () => out.write('text' as never),
        });
      },
    },
  },
  {
    phase: 'answerBody',
    how: 'keeps the rest for ever',
    isLate: true,
    steps: { answerBody: () => transform({ changes: 'content', end() {} }) },
  },
  {
    phase: 'answerBody',
    how: 'is full for ever',
    isLate: true,
    steps: { answerBody: () => transform({ changes: 'length', write: () => false }) },
  },
  {
    phase: 'answerBody',
    how: 'writes what are no octets, later',
    isLate: true,
    steps: {
      answerBody: () => {
        let out: BodyOut;
        return transform({
          changes: 'content',
          start: (given) => {
            out = given;
          },
          write: () => {
            setImmediate(() => out.write('text' as never));
            return true;
          },
          end() {},
        });
      },
    },
  },
  { phase: 'record', how: 'throws', steps: { record: thrown } },
  { phase: 'record', how: 'promises', steps: { record: async () => thrown() } },
];

/** What a visitor gets. `stale`: the module's last answer. `whole`: the origin's answer as if the module were not there; `cut`: its beginning, and then the connection ends. */
export type Outcome = 'whole' | 'closed' | 'stale' | 'cut' | 'origin-failed';

/** The table: what the failure of a module comes to. */
export function outcomeOf(fault: Fault, failure: FailureMeaning, changes: boolean): Outcome {
  if (fault.isAllowed || fault.isBehindAll) return 'whole';
  if (fault.phase === 'noAnswer') return 'origin-failed';
  if (fault.phase === 'record') return 'whole';
  const answers = fault.phase === 'head' || fault.phase === 'serve';
  if (failure.before === 'stale' && answers) return 'stale';
  if (!fault.isLate) return failure.before === 'closed' ? 'closed' : 'whole';
  return failure.afterFirstByte === 'leave-out' && !changes ? 'whole' : 'cut';
}
