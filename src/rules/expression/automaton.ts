import type { RE2JS } from 're2js';
import { assert } from '../../kernel/assert.ts';
import { ruleLimits } from './ruleLimits.ts';

/**
 * Walks a pattern's whole automaton once, at compile time, so that no request ever builds a state of it: a search is
 * then one table lookup per character (~6 ns). Gives false where the automaton is too large to be walked.
 *
 * Without this, linear time is not enough: a pattern like `a.{0,20}b` has a million states, the engine builds them
 * while it reads, and a visitor who sends the right text makes every character cost 11 µs (180 ms for 16 KiB, measured).
 *
 * Reads re2js' engine below its documented surface (`re2().dfa`), which is why package.json pins the exact version;
 * the shape is asserted, and `pattern.test.ts` fails when an upgrade changes it.
 */
export function buildAutomaton(pattern: RE2JS): boolean {
  const engine = pattern.re2() as unknown as Engine;
  // A plain text is searched for without an automaton; a one-pass pattern is one already.
  if (engine.prefixComplete || engine.onepass !== null) return true;
  const automaton = engine.dfa;
  assert(
    typeof automaton.step === 'function' && typeof automaton.start === 'function',
    're2js has its known automaton',
  );
  const inputs = oneOfEachClass(automaton);
  const first = automaton.start(startOfText, 0);
  const seen = new Set([first]);
  const waiting = [first];
  for (let state = waiting.pop(); state; state = waiting.pop()) {
    // A search ends at its first match, so what would come after is never reached.
    if (state.isMatch) continue;
    if (seen.size * inputs.length > ruleLimits.patternCellsMax || seen.size > ruleLimits.patternStatesMax) return false;
    for (const [characterClass, rune] of inputs) {
      const next = automaton.step(state, characterClass, rune, unanchored);
      if (next === null) return false;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return true;
}

/** What is used of re2js 2.10.0's classes RE2, DFA and DFAState. */
interface Engine {
  readonly prefixComplete: boolean;
  readonly onepass: object | null;
  readonly dfa: Automaton;
}
interface Automaton {
  readonly numClasses: number;
  readonly latin1Class: Int32Array;
  readonly classBounds: Int32Array;
  runeClass(rune: number): number;
  start(input: typeof startOfText, position: number): State | null;
  /** null: its memory is used up. The class `numClasses` with rune -1 is the end of the text. */
  step(state: State, characterClass: number, rune: number, anchor: number): State | null;
}
interface State {
  readonly isMatch: boolean;
}

const unanchored = 0;
/** Stands for any text at its start: flags begin-line and begin-text. */
const startOfText = { context: () => 0x01 | 0x04, step: () => -8 };

/** One rune for each class of runes that the pattern does not tell apart. */
function oneOfEachClass(automaton: Automaton): [characterClass: number, rune: number][] {
  const runes = new Map<number, number>();
  for (let rune = 0; rune < 256; rune++) {
    const characterClass = automaton.latin1Class[rune]!;
    if (!runes.has(characterClass)) runes.set(characterClass, rune);
  }
  for (const rune of automaton.classBounds) {
    const characterClass = automaton.runeClass(rune);
    if (!runes.has(characterClass)) runes.set(characterClass, rune);
  }
  return [...runes];
}
