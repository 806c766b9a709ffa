/**
 * Expressions of which a person wrote down what they are: the oracle does not compile rules. `absent` is what the
 * expression can come to while no request has a score.
 */
export interface KnownExpression {
  readonly when: string;
  readonly verdict: 'good' | 'rule-invalid' | 'rule-too-costly';
  /** Unknown for want of a score; sure: never depends on one; may-be-true: depends on one, true without it at times. */
  readonly absent: 'unknown' | 'sure' | 'may-be-true';
}

export const knownExpressions: readonly KnownExpression[] = [
  { when: 'bot.score < 30', verdict: 'good', absent: 'unknown' },
  { when: 'bot.score >= 30', verdict: 'good', absent: 'unknown' },
  { when: 'bot.score < 30 && !bot.verified', verdict: 'good', absent: 'unknown' },
  { when: '!(bot.score >= 30)', verdict: 'good', absent: 'unknown' },
  { when: 'bot.verified', verdict: 'good', absent: 'unknown' },
  { when: 'true', verdict: 'good', absent: 'sure' },
  { when: 'request.path == "/admin"', verdict: 'good', absent: 'sure' },
  { when: 'request.method == "POST"', verdict: 'good', absent: 'sure' },
  { when: 'request.path == "/a" || bot.score < 30', verdict: 'good', absent: 'may-be-true' },
  { when: '', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'bot.score <', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'bot.scor < 30', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'bot.score', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'request.path', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'process.exit(1)', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'bot.score < "30"', verdict: 'rule-invalid', absent: 'sure' },
  { when: `request.path == "${'a'.repeat(4_100)}"`, verdict: 'rule-too-costly', absent: 'sure' },
  { when: Array(400).fill('true').join('||'), verdict: 'rule-too-costly', absent: 'sure' },
];
