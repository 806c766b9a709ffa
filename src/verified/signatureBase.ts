import type { RequestHead } from '../http/requestHead.ts';
import { verifiedLimits } from './limits.ts';
import type { SignatureFault } from './signatureFaults.ts';
import { type InnerList, type Item, parseDictionary } from './structuredFields.ts';
import { innerListText, itemText } from './structuredFieldText.ts';

/** The octets that a signature covers, as text (RFC 9421 section 2.5), or why there are none. */
export type SignatureBase = { readonly base: string } | { readonly fault: SignatureFault };

/** Pure; cost bounded by the head and `verifiedLimits`. */
export function signatureBase(head: RequestHead, input: InnerList): SignatureBase {
  const seen = new Set<string>();
  let base = '';
  for (const item of input.items) {
    const identifier = itemText(item);
    if (seen.has(identifier)) return { fault: 'component-twice' };
    seen.add(identifier);
    const value = componentValue(head, item);
    if (typeof value !== 'string') return value;
    base += `${identifier}: ${value}\n`;
  }
  base += `"@signature-params": ${innerListText(input)}`;
  return base.length > verifiedLimits.baseBytesMax ? { fault: 'base-too-large' } : { base };
}

/** Whether a signature covers a component of this name, whatever its parameters. */
export function covers(input: InnerList, name: string): boolean {
  return input.items.some(({ value }) => value.kind === 'string' && value.value === name);
}

/** `shop.example`, `shop.example:8080`: lower case, without the scheme's own port (RFC 9421 section 2.2.3). */
export function authorityOf(head: RequestHead): string {
  const sent = (head.authority ?? head.headers.host ?? '').trim().toLowerCase();
  // The target may have named another host than the field; what was judged counts.
  if (!sent.startsWith(head.host)) return head.host;
  const port = head.scheme === 'https' ? ':443' : ':80';
  return sent.endsWith(port) ? sent.slice(0, -port.length) : sent;
}

function componentValue(head: RequestHead, { value, parameters }: Item): string | { fault: SignatureFault } {
  if (value.kind !== 'string') return { fault: 'component-unsupported' };
  const name = value.value;
  if (!name.startsWith('@')) return fieldValue(head, name, parameters);
  if (parameters.size > 0) return { fault: 'component-unsupported' };
  switch (name) {
    case '@method':
      return head.method;
    case '@authority':
      return authorityOf(head);
    case '@scheme':
      return head.scheme;
    case '@target-uri':
      return `${head.scheme}://${authorityOf(head)}${head.target}`;
    case '@request-target':
      return head.target;
    case '@path':
      return head.path === '' ? '/' : head.path;
    case '@query':
      return `?${head.query}`;
    default:
      return { fault: 'component-unsupported' };
  }
}

/** RFC 9421 section 2.1; of the parameters `key` alone (section 2.1.2), which names a member of a dictionary. */
function fieldValue(
  head: RequestHead,
  name: string,
  parameters: Item['parameters'],
): string | { fault: SignatureFault } {
  const key = parameters.get('key');
  const isKeyed = key?.kind === 'string' && parameters.size === 1;
  if ((parameters.size > 0 && !isKeyed) || name !== name.toLowerCase()) return { fault: 'component-unsupported' };
  // Several Cookie lines are joined in another way than other fields.
  if (name === 'cookie') return { fault: 'component-unsupported' };
  const text = head.headers[name];
  if (text === undefined) return { fault: 'component-missing' };
  if (!isKeyed) return text.trim();
  const member = parseDictionary(text)?.get(key.value as string);
  if (member === undefined) return { fault: 'component-missing' };
  return member.kind === 'list' ? innerListText(member) : itemText(member);
}
