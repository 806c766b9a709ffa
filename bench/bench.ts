import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { untilAnswered } from './ask.ts';
import type { Case } from './cases.ts';
import { makeCertificate } from './certificate.ts';
import type { Contender, RunningContender, Setup } from './contenders/contender.ts';
import { buildPackage, sourceLauncher } from './holdfastPackage.ts';
import { type LoadFiles, writeLoadFiles } from './load/load.ts';
import { probe } from './measure/probe.ts';
import { type BodySize, type Origin, startOrigin } from './origin.ts';
import { killAll } from './pinned.ts';
import type { Settings } from './settings.ts';

/** What all cases of a run share: a folder, the origin, a certificate, the requests. */
export class Bench {
  readonly settings: Settings;
  readonly say: (line: string) => void;
  readonly folder: string;
  readonly #origin: Origin;
  readonly #certificate: Setup['certificate'];
  readonly #loadFiles = new Map<number, LoadFiles>();
  /** Built once, also when that fails. */
  #launcher: { readonly path: string } | { readonly error: Error } | undefined;
  readonly #bodies = new Map<BodySize, Promise<Buffer>>();

  private constructor(settings: Settings, say: (line: string) => void, folder: string, origin: Origin) {
    this.settings = settings;
    this.say = say;
    this.folder = folder;
    this.#origin = origin;
    this.#certificate = makeCertificate(folder);
  }

  /** Ended with `close`, also when a case failed. */
  static async start(settings: Settings, say: (line: string) => void): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
    return new Bench(settings, say, folder, await startOrigin(folder));
  }

  async close(): Promise<void> {
    await this.#origin.stop();
    killAll(); // What a contender that failed half way left behind would keep this process waiting.
    this.removeFolder();
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  loadFiles(bodyBytes: number): LoadFiles {
    const made = this.#loadFiles.get(bodyBytes) ?? writeLoadFiles(this.folder, bodyBytes);
    this.#loadFiles.set(bodyBytes, made);
    return made;
  }

  /**
   * Starts a contender and sees that it answers as the origin does. `firstAnswerMs` is from the command to the first 200.
   * Rejects when it does not, with its last words.
   */
  async startContender(
    contender: Contender,
    chosen: Case,
    { workers, core, connections }: Pick<Setup, 'workers' | 'core' | 'connections'>,
  ): Promise<RunningContender & { readonly firstAnswerMs: number }> {
    const { scheme, originBytes } = chosen;
    const running = await contender.start({
      ...{ scheme, workers, core, connections, certificate: this.#certificate },
      originPort: this.#origin.portOf(originBytes),
      folder: mkdtempSync(join(this.folder, `${contender.name}-`)),
      profileFolder: this.#profileFolder(contender.name, chosen.name),
      launcher: () => this.#launcherPath(),
    });
    try {
      await untilAnswered({ port: running.port, scheme, path: '/' }, () => running.process.isOver);
      const firstAnswerMs = performance.now() - running.process.startedAtMs;
      await running.ready?.();
      await probe(contender, running, chosen, await this.#bodyOf(originBytes));
      return { ...running, firstAnswerMs };
    } catch (error) {
      await running.stop();
      const words = running.process.lastWords.replaceAll('\n', ' ');
      throw new Error(`${(error as Error).message}${words === '' ? '' : `; it said: ${words}`}`);
    }
  }

  #launcherPath(): string {
    if (this.settings.isFromSource) return sourceLauncher;
    try {
      this.#launcher ??= { path: buildPackage(this.folder) };
    } catch (error) {
      this.#launcher = { error: error as Error };
    }
    if ('error' in this.#launcher) throw this.#launcher.error;
    return this.#launcher.path;
  }

  #bodyOf(size: BodySize): Promise<Buffer> {
    const asked = this.#bodies.get(size) ?? this.#origin.bodyOf(size);
    this.#bodies.set(size, asked);
    return asked;
  }

  #profileFolder(contender: string, caseName: string): string | null {
    if (this.settings.profileFolder === null) return null;
    const folder = resolve(this.settings.profileFolder, `${caseName}-${contender}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

/** Descriptors that a process here may have. */
export function descriptorsMax(): number {
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0);
}
