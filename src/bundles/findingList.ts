import type { Finding, RefusalReason } from '../contract/finding.ts';
import { limits } from '../contract/limits.ts';

/** Findings of one reason that are listed one by one; the last one listed counts the rest. */
export const findingsPerReasonMax = 10;

/**
 * Collects findings within bounds: a file with 100,000 mistakes yields a short list, in which every reason is present.
 * Where ten of each would be more than `limits.findingsMax`, each reason gets its equal part.
 */
export class FindingList {
  readonly #byReason = new Map<RefusalReason, { listed: Finding[]; more: number }>();

  add(finding: Finding): void {
    const entry = this.#byReason.get(finding.reason) ?? { listed: [], more: 0 };
    this.#byReason.set(finding.reason, entry);
    if (entry.listed.length < findingsPerReasonMax) entry.listed.push(boundNames(finding));
    else entry.more += 1;
  }

  addAll(findings: readonly Finding[]): void {
    for (const finding of findings) this.add(finding);
  }

  has(reason: RefusalReason): boolean {
    return this.#byReason.has(reason);
  }

  get isEmpty(): boolean {
    return this.#byReason.size === 0;
  }

  list(): Finding[] {
    const perReason = Math.min(findingsPerReasonMax, Math.floor(limits.findingsMax / Math.max(1, this.#byReason.size)));
    return [...this.#byReason.values()].flatMap((entry) => {
      const listed = entry.listed.slice(0, perReason);
      const more = entry.more + entry.listed.length - listed.length;
      if (more === 0) return listed;
      const last = listed[listed.length - 1]!;
      return [...listed.slice(0, -1), { ...last, message: `${last.message} (And ${more} more for the same reason.)` }];
    });
  }
}

function boundNames(finding: Finding): Finding {
  if (finding.names === undefined || finding.names.length <= limits.namesPerFindingMax) return finding;
  return { ...finding, names: finding.names.slice(0, limits.namesPerFindingMax) };
}

/** A name that arrived from outside, short and printable, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** The first few names for a message; `names` of the finding carries them all. */
export function quoteSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quote).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
