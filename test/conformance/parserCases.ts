import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageKind } from './messageEvents.ts';

/*
 * Reads llhttp's test cases: Markdown with a comment of settings, a block of input and the log that its parser writes. The
 * input is prepared as llhttp's own runner does it.
 */

export interface ParserCase {
  /** `request/sample: simple request`. */
  readonly name: string;
  readonly kind: MessageKind;
  /** Judged by a parser with a lenient flag or more: the log is not what a strict one says. */
  readonly isLenient: boolean;
  readonly isHead: boolean;
  /** Lines end in CR LF, escapes are decoded. */
  readonly input: string;
  readonly log: CaseLog;
}

export interface CaseLog {
  readonly messages: readonly LoggedMessage[];
  /** Why the parser stopped; undefined: it did not. */
  readonly error: { readonly code: number; readonly reason: string } | undefined;
}

export interface LoggedMessage {
  method: string;
  url: string;
  status: string;
  /** As sent, with blanks behind it. */
  readonly headers: [name: string, value: string][];
  body: string;
  isHeadWhole: boolean;
  isWhole: boolean;
}

/** All cases of a folder's `request` and `response`; those of `url.md` take no message. */
export function readParserCases(folder: string): ParserCase[] {
  return ['request', 'response'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((file) => file.endsWith('.md'))
      .sort()
      .flatMap((file) => casesIn(`${part}/${file.slice(0, -3)}`, readFileSync(join(folder, part, file), 'utf8'))),
  );
}

export function casesIn(file: string, markdown: string): ParserCase[] {
  const cases: ParserCase[] = [];
  let title = '';
  let settings: { type?: string; skipBody?: boolean } = {};
  let input = '';
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const heading = /^#+ +(.*)$/.exec(line);
    if (heading !== null) title = heading[1]!.trim();
    const comment = /^<!-- *meta=(\{.*\}) *-->/.exec(line);
    if (comment !== null) settings = JSON.parse(comment[1]!);
    const block = /^```(\w+)/.exec(line)?.[1];
    if (block === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const text = lines.slice(at + 1, end).join('\n');
    at = end;
    if (block === 'http') input = preparedInput(text);
    else if (block === 'log') cases.push(caseOf(`${file}: ${title}`, settings, input, readLog(text)));
  }
  return cases;
}

function caseOf(
  name: string,
  { type = '', skipBody = false }: { type?: string; skipBody?: boolean },
  input: string,
  log: CaseLog,
): ParserCase {
  const kind = type.startsWith('request') ? 'request' : 'response';
  return { name, kind, isLenient: type.includes('-lenient'), isHead: skipBody, input, log };
}

function preparedInput(text: string): string {
  return text
    .replace(/\\\n/g, '')
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replace(/\\r/g, '\r')
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\f/g, '\f')
    .replace(/\\x([0-9a-fA-F]+)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function readLog(text: string): CaseLog {
  const messages: LoggedMessage[] = [];
  let error: CaseLog['error'];
  for (const line of text.split('\n')) {
    const failed = /error code=(\d+) reason="(.*)"/.exec(line);
    if (failed !== null) error = { code: Number(failed[1]), reason: failed[2]! };
    if (line.endsWith(' message begin')) {
      messages.push({ method: '', url: '', status: '', headers: [], body: '', isHeadWhole: false, isWhole: false });
    }
    const message = messages.at(-1);
    if (message === undefined) continue;
    const span = /span\[(\w+)\]=(?:"(.*)"|(cr|lf))$/.exec(line);
    if (span !== null) readSpan(message, span[1]!, span[2] === undefined ? ends[span[3]!]! : unescaped(span[2]));
    else if (line.endsWith('header_field complete') && !message.isHeadWhole) message.headers.at(-1)![0] += ':';
    else if (line.includes(' headers complete ')) {
      message.isHeadWhole = true;
      message.status = /status=(\d+)/.exec(line)?.[1] ?? '';
    } else if (line.endsWith(' message complete')) message.isWhole = true;
  }
  return { messages, error };
}

/** A name or value may come in several spans; a colon behind a name says that it is whole. */
function readSpan(message: LoggedMessage, what: string, text: string): void {
  if (what === 'method' || what === 'url') message[what] += text;
  else if (what === 'body') message.body += text;
  else if (message.isHeadWhole) return;
  else if (what === 'header_value') message.headers.at(-1)![1] += text;
  else if (what === 'header_field') {
    const last = message.headers.at(-1);
    if (last === undefined || last[0].endsWith(':')) message.headers.push([text, '']);
    else last[0] += text;
  }
}

const ends: Readonly<Record<string, string>> = { cr: '\r', lf: '\n' };

function unescaped(text: string): string {
  return text.replace(/\\r/g, '\r').replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\f/g, '\f');
}
