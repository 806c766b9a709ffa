import { ask } from '../ask.ts';
import type { Case } from '../cases.ts';
import type { Contender, RunningContender } from '../contenders/contender.ts';
import { echoPath } from '../origin.ts';

const client = '198.51.100.7';

/**
 * Whether a contender does what it is measured for: hands the origin's answer on unchanged, byte for byte, and tells the
 * origin what a proxy tells. Throws an Error that says what is wrong.
 */
export async function probe(
  contender: Contender,
  { port }: RunningContender,
  { scheme, ...rest }: Case,
  body: Buffer,
): Promise<void> {
  const upload = rest.kind === 'load' && rest.bodyBytes > 0 ? { body: Buffer.alloc(rest.bodyBytes, 'b') } : {};
  for (const path of ['/', '/ropes/item-1.html?page=2']) {
    const answer = await ask({ port, scheme, path, headers: { 'X-Forwarded-For': client }, ...upload });
    if (answer.status !== 200) throw new Error(`answers ${path} with status ${answer.status}`);
    if (!answer.body.equals(body)) {
      throw new Error(`answers ${path} with another body than the origin (${answer.body.length} bytes)`);
    }
  }
  await probeHeaders(contender, port, scheme);
}

async function probeHeaders({ tellsScore }: Contender, port: number, scheme: Case['scheme']): Promise<void> {
  const { body } = await ask({ port, scheme, path: echoPath, headers: { 'X-Forwarded-For': client, Accept: '*/*' } });
  const [forwarded = '', via = '', score = ''] = body.toString().split('|');
  const addresses = forwarded.split(/, ?/);
  if (addresses[0] !== client || !addresses.includes('127.0.0.1')) {
    throw new Error(`tells the origin X-Forwarded-For: ${forwarded}`);
  }
  if (!via.startsWith('1.1 ')) throw new Error(`tells the origin Via: ${via || '(nothing)'}`);
  if (tellsScore !== null && tellsScore !== /^\d+$/.test(score)) {
    throw new Error(tellsScore ? 'scores nothing' : `scores (${score}) although that is switched off`);
  }
}
