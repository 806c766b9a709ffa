import { request } from 'node:http';
import type { LocalStatus } from '../contract/localApi.ts';

const answerBytesMax = 1 << 20;

/** What the agent says of its edge; undefined while it does not answer. */
export function localStatus(socketPath: string): Promise<LocalStatus | undefined> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/local/status', timeout: 2_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > answerBytesMax) asked.destroy();
      });
      answer.on('error', () => resolve(undefined));
      answer.on('close', () => {
        try {
          resolve(JSON.parse(text) as LocalStatus);
        } catch {
          resolve(undefined);
        }
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}
