import { quadAt } from './frames.ts';
import { pseudoFields } from './hpack/index.ts';
import { http2Limits } from './limits.ts';

type PseudoHeader = 'm' | 'a' | 's' | 'p' | '?';
const letters: Readonly<Record<number, PseudoHeader>> = {
  [pseudoFields.method]: 'm',
  [pseudoFields.authority]: 'a',
  [pseudoFields.scheme]: 's',
  [pseudoFields.path]: 'p',
};

/**
 * How a visitor opens HTTP/2, as far as clients differ in it: what it sends up to its first request. Told by the session as
 * it reads, so that nothing is read twice.
 */
export class Opening {
  /** The first request has not come. */
  isOpen = true;
  /** Identifier and value of the first SETTINGS frame, in the sent order. */
  readonly settings: [identifier: number, value: number][] = [];
  /** Of the first WINDOW_UPDATE on the connection; 0: none came. */
  windowIncrement = 0;
  /** PRIORITY frames: deprecated (RFC 9113 section 5.3.2), and telling where still sent. */
  readonly priorities: { stream: number; isExclusive: boolean; dependsOn: number; weight: number }[] = [];
  /** Of the first request: `m`ethod, `a`uthority, `s`cheme, `p`ath, `?` for any other. */
  readonly pseudoHeaders: PseudoHeader[] = [];
  #hasSettings = false;

  onSetting(identifier: number, value: number): void {
    if (!this.#hasSettings) this.settings.push([identifier, value]);
  }

  onSettingsEnd(): void {
    this.#hasSettings = true;
  }

  onWindow(by: number): void {
    if (this.windowIncrement === 0) this.windowIncrement = by;
  }

  /** The five octets of a PRIORITY frame. */
  onPriority(stream: number, bytes: Buffer, from: number): void {
    if (this.priorities.length >= http2Limits.prioritiesToldMax) return;
    const dependency = quadAt(bytes, from);
    const isExclusive = dependency >>> 31 === 1;
    this.priorities.push({ stream, isExclusive, dependsOn: dependency & 0x7fffffff, weight: bytes[from + 4]! + 1 });
  }

  /** `numbers` of the fields of the first request. */
  onRequest(numbers: readonly number[]): void {
    this.isOpen = false;
    for (const number of numbers) {
      if (number < 0 && this.pseudoHeaders.length < http2Limits.pseudoHeadersTold) {
        this.pseudoHeaders.push(letters[number] ?? '?');
      }
    }
  }

  /**
   * As one line in the form that Akamai published (Black Hat Europe 2017): `settings|window|priorities|pseudo-headers`, for
   * Chrome `1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p`. Window 00 and priorities 0 mean that none was sent.
   */
  get fingerprint(): string {
    const settings = this.settings.map(([identifier, value]) => `${identifier}:${value}`).join(';');
    const window = this.windowIncrement === 0 ? '00' : String(this.windowIncrement);
    const priorities = this.priorities.map(
      ({ stream, isExclusive, dependsOn, weight }) => `${stream}:${isExclusive ? 1 : 0}:${dependsOn}:${weight}`,
    );
    return `${settings}|${window}|${priorities.join(',') || '0'}|${this.pseudoHeaders.join(',')}`;
  }
}
