import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Undo } from '../../edge/harness.ts';
import { startRealEdge } from '../realEdge.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** A visitor's kept connection, which knows the worker that has it. */
class Visitor {
  readonly socket: Socket;
  slot = 0;
  answered = 0;
  /** What went wrong, and nothing else did since. */
  failure: string | undefined;

  #text = '';
  #isEnded = false;
  #tell: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => {});
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#text += text;
      this.#tell?.();
    });
    this.socket.on('close', () => {
      this.#isEnded = true;
      this.#tell?.();
    });
  }

  /** The answer's text; rejects when the connection ends instead. */
  async ask(path: string): Promise<string> {
    this.#text = '';
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
    for (;;) {
      const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1]);
      const body = this.#text.indexOf('\r\n\r\n') + 4;
      if (body > 3 && this.#text.length >= body + length) return this.#text;
      if (this.#isEnded) throw new Error('the connection ended');
      await new Promise<void>((resolve) => {
        this.#tell = resolve;
      });
    }
  }

  /** One request after another until `isOver`, or until it fails. */
  async load(isOver: () => boolean): Promise<void> {
    try {
      while (!isOver()) {
        const text = await this.ask('/page');
        if (!text.startsWith('HTTP/1.1 200')) throw new Error(text.slice(0, 30));
        this.answered += 1;
        await sleep(5);
      }
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }
}

test('a worker is killed under load: its own connections suffer, no other one and no new one does', async () => {
  const edge = await startRealEdge({ workers: 2 });
  undo.add(() => edge.stop());
  await edge.until('the workers run the site', async () => {
    const { workers } = await edge.status();
    return workers.length === 2 && workers.every(({ versions }) => versions?.sites === 1);
  });
  const visitors = Array.from({ length: 40 }, () => new Visitor(edge.port));
  undo.add(() => {
    for (const { socket } of visitors) socket.destroy();
  });
  for (const visitor of visitors) {
    visitor.slot = Number(/^worker=(\d)$/m.exec(await visitor.ask('/.holdfast/trace'))?.[1]);
  }
  let isOver = false;
  const loads = visitors.map((visitor) => visitor.load(() => isOver));
  await sleep(300);
  const victim = (await edge.status()).workers.find(({ slot }) => slot === 1)!;
  const killedAt = visitors.map(({ answered }) => answered);
  process.kill(victim.pid, 'SIGKILL');

  // From now on the other one serves, and what the kernel gives to the dead one's socket waits for the next.
  const failuresOfNew: string[] = [];
  const startedMs = performance.now();
  const arriving: Promise<void>[] = [];
  while (performance.now() < startedMs + 2_000) {
    const visitor = new Visitor(edge.port);
    const first = visitor.ask('/page').then(
      (text) => {
        if (!text.startsWith('HTTP/1.1 200')) failuresOfNew.push(text.slice(0, 30));
      },
      (error: Error) => failuresOfNew.push(error.message),
    );
    arriving.push(first.then(() => void visitor.socket.destroy()));
    await sleep(10);
  }
  await edge.until('another worker in its slot', async () => {
    const { workers } = await edge.status();
    return workers.some(({ slot, pid, versions }) => slot === 1 && pid !== victim.pid && versions !== undefined);
  });
  await Promise.all(arriving);
  isOver = true;
  await Promise.all(loads);
  const own = visitors.filter(({ slot }) => slot === 1);
  const others = visitors.filter(({ slot }) => slot === 2);
  assert.ok(own.length > 0 && others.length > 0, `${own.length} and ${others.length} connections`);
  assert.deepEqual(new Set(own.map(({ failure }) => failure)), new Set(['the connection ended']));
  assert.deepEqual(new Set(others.map(({ failure }) => failure)), new Set([undefined]));
  for (const [index, { slot, answered }] of visitors.entries()) {
    if (slot === 2) assert.ok(answered > killedAt[index]! + 20, 'the others went on');
  }
  assert.ok(arriving.length > 50);
  assert.deepEqual(failuresOfNew, []);
});
