/** Unknown for want of something; sure: never depends on it; may-be-true: depends on it, true without it at times. */
export type Without = 'unknown' | 'sure' | 'may-be-true';

/** Expressions of which a person wrote down what they are: the oracle does not compile rules. None reads both a score and lists. */
export interface KnownExpression {
  readonly when: string;
  readonly verdict: 'good' | 'rule-invalid' | 'rule-too-costly';
  /** What it comes to while nothing is known of who the client is, neither score nor name. */
  readonly absent: Without;
  /** While the score alone is absent; as `absent` when left away. */
  readonly withoutScore?: Without;
  /** While there are no lists; sure when left away. */
  readonly withoutLists?: Without;
}

export const knownExpressions: readonly KnownExpression[] = [
  { when: 'bot.score < 30', verdict: 'good', absent: 'unknown' },
  { when: 'bot.score >= 30', verdict: 'good', absent: 'unknown' },
  { when: 'bot.score < 30 && !bot.verified', verdict: 'good', absent: 'unknown' },
  { when: '!(bot.score >= 30)', verdict: 'good', absent: 'unknown' },
  { when: 'bot.verified', verdict: 'good', absent: 'unknown', withoutScore: 'sure' },
  { when: 'ip.hosting', verdict: 'good', absent: 'sure', withoutLists: 'unknown' },
  { when: 'ip.country != "DE"', verdict: 'good', absent: 'sure', withoutLists: 'unknown' },
  {
    when: '"office" in ip.lists || request.path == "/a"',
    verdict: 'good',
    absent: 'sure',
    withoutLists: 'may-be-true',
  },
  { when: 'ip.hostng', verdict: 'rule-invalid', absent: 'sure' },
  { when: 'ip.asn == "1"', verdict: 'rule-invalid', absent: 'sure' },
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
