const readingWords = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN']);

/**
 * Guards an operator against a slip, not against malice: whoever reaches the factory's socket owns its files anyway.
 * The answer is null when `sql` is one statement, and one that reads unless `write` was asked for.
 */
export function refuseStatement(sql: string, write: boolean): string | null {
  const bare = sql.replace(/'(?:\\.|''|[^'\\])*'|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  const text = bare.trim().replace(/;$/, '').trim();
  if (text === '') return 'there is no statement';
  if (text.includes(';')) return 'one statement at a time';
  const word = (/^\(*\s*([A-Za-z]+)/.exec(text)?.[1] ?? '').toUpperCase();
  if (write || readingWords.has(word)) return null;
  return `${word === '' ? 'this' : word} is no statement that only reads; 'holdfast query --write' runs it`;
}
