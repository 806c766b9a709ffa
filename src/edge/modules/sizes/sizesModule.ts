import { bodyLimits, headLimits, type RequestHead } from '../../../http/index.ts';
import { sizesDeclaration } from '../../../modules/sizes/sizesDeclaration.ts';
import type { Module, SetOnPath, SiteOnPath, Steps } from '../../pipeline/module.ts';
import type { Declining } from '../../pipeline/step.ts';

const bodyTooLarge: Declining = Object.freeze({ kind: 'decline', why: 'body-too-large' });
const headTooLarge: Declining = Object.freeze({ kind: 'decline', why: 'head-too-large' });

/**
 * Refuses what is larger than the site takes: by the head where it tells, else by the octets that come. Fails open: the
 * usual bounds are those that the codec has applied already.
 */
export class SizesModule implements Module {
  readonly declaration = sizesDeclaration;

  compile(_: SetOnPath, site: SiteOnPath | undefined): Steps | undefined {
    if (site === undefined) return undefined;
    const { bodyBytesMax, headBytesMax } = site.settings.limits;
    const bindsBody = bodyBytesMax < bodyLimits.bodyBytesMax;
    const bindsHead = headBytesMax < headLimits.headBytesMax;
    if (!bindsBody && !bindsHead) return undefined;
    return {
      head: ({ head }) => {
        if (bindsBody && Number(head.headers['content-length'] ?? 0) > bodyBytesMax) return bodyTooLarge;
        return bindsHead && bytesOf(head) > headBytesMax ? headTooLarge : undefined;
      },
      ...(bindsBody && {
        requestBody: ({ hasBody }) => {
          if (!hasBody) return undefined;
          let bytes = 0;
          return {
            kind: 'pieces',
            onBytes: (piece) => {
              bytes += piece.length;
              return bytes > bodyBytesMax ? bodyTooLarge : undefined;
            },
          };
        },
      }),
    };
  }
}

function bytesOf(head: RequestHead): number {
  const startLineBytes = head.target.length + head.method.length + 12;
  return head.rawHeaders.reduce((sum, part) => sum + part.length + 2, startLineBytes);
}
