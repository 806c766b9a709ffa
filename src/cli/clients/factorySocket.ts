import type { DataFolder } from '../../contract/dataFolder.ts';
import { systemClock } from '../../kernel/clock.ts';
import { localCall } from '../../localSocket/index.ts';
import { exitCodes, type Io } from '../terminal/io.ts';

/** Longer than the factory gives ClickHouse for one statement, so that its reason is what is told. */
const answerTimeoutMs = 60_000;
/** Twice what the factory lets through. */
const answerBytesMax = 32 << 20;

export interface FactoryAnswer {
  readonly status: number;
  readonly text: string;
}

/** One call to the factory's unix socket. Rejects when none listens there, is silent too long or does not stop talking. */
export async function askFactory(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>,
  { timeoutMs = answerTimeoutMs, bytesMax = answerBytesMax } = {},
): Promise<FactoryAnswer> {
  const asked = await localCall(systemClock, socketPath, method, path, body, { bytesMax, msMax: timeoutMs });
  if (!asked.ok) throw new Error(asked.error.message);
  return { status: asked.value.status, text: asked.value.bytes.toString('utf8') };
}

/** Asks, writes what `onDone` makes of the answer or why there is none, and returns the exit code. */
export async function askAndTellFactory(
  { factorySocket }: DataFolder,
  path: string,
  body: Readonly<Record<string, unknown>>,
  io: Io,
  onDone: (text: string) => string,
): Promise<number> {
  try {
    const answer = await askFactory(factorySocket, 'POST', path, body);
    if (answer.status === 200) {
      io.stdout.write(onDone(answer.text));
      return exitCodes.done;
    }
    io.stderr.write(`${errorOf(answer.text)}\n`);
    return answer.status === 503 ? exitCodes.unreachable : exitCodes.refused;
  } catch (error) {
    const why = (error as Error).message;
    io.stderr.write(`no factory answers at ${factorySocket} (${why}); is 'holdfast up' running there?\n`);
    return exitCodes.unreachable;
  }
}

/** The sentence of an error answer. */
export function errorOf(text: string): string {
  try {
    return (JSON.parse(text) as { error?: string }).error ?? text;
  } catch {
    return text;
  }
}
