import { RE2JS, RE2JSException } from 're2js';
import { err, ok, type Result } from '../../kernel/result.ts';
import { buildAutomaton } from './automaton.ts';
import { ruleLimits } from './ruleLimits.ts';

/** A compiled pattern. `test` searches anywhere in the text, like RE2's partial match and CEL's `matches`. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
}

export interface PatternProblem {
  readonly reason: 'rule-invalid' | 'rule-too-costly';
  readonly message: string;
}

/** Compiles RE2 syntax to an automaton whose time is linear in the text, whatever the pattern. */
export function compilePattern(source: string): Result<Pattern, PatternProblem> {
  if (source.length > ruleLimits.patternCharsMax) {
    return tooCostly(`a pattern has ${source.length} characters; at most ${ruleLimits.patternCharsMax} are taken`);
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (cause) {
    return err({ reason: 'rule-invalid', message: `this is no RE2 pattern: ${describe(cause)}` });
  }
  const program = compiled.programSize();
  if (program > ruleLimits.patternProgramMax) {
    return tooCostly(
      `this pattern compiles to ${program} instructions; at most ${ruleLimits.patternProgramMax} are taken (write smaller repetitions)`,
    );
  }
  if (!buildAutomaton(compiled)) {
    return tooCostly(
      'this pattern has too many states to be searched for in a bounded time; write .* for a long counted gap like .{0,40}, or begin it with ^',
    );
  }
  return ok({ source, test: (text) => compiled.test(text) });
}

function tooCostly(message: string): Result<Pattern, PatternProblem> {
  return err({ reason: 'rule-too-costly', message });
}

/** The engine's own words without its prefix; whatever else it throws on a pattern is the pattern's fault too. */
function describe(cause: unknown): string {
  if (cause instanceof RE2JSException) return cause.message.replace(/^error parsing regexp: /, '');
  return cause instanceof Error ? cause.message : String(cause);
}
