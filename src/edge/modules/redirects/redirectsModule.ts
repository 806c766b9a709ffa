import { STATUS_CODES } from 'node:http';
import { RedirectTable, type RedirectTarget } from '../../../bundles/index.ts';
import { addField, type FieldLines, fieldNumber } from '../../../http/index.ts';
import { redirectsDeclaration } from '../../../modules/redirects/redirectsDeclaration.ts';
import type { Module, SetOnPath, SiteOnPath, Steps } from '../../pipeline/module.ts';
import type { Answering } from '../../pipeline/step.ts';

/** Sends visitors elsewhere, behind the site's rules. Fails open: the origin answers. */
export class RedirectsModule implements Module {
  readonly declaration = redirectsDeclaration;

  compile(_: SetOnPath, site: SiteOnPath | undefined): Steps | undefined {
    const redirects = site?.settings.redirects ?? [];
    if (redirects.length === 0) return undefined;
    const table = new RedirectTable(redirects);
    return {
      head: ({ head: { path, query } }) => {
        const target = table.find(path, query);
        return target === undefined ? undefined : redirectTo(target);
      },
    };
  }
}

function redirectTo({ status, location }: RedirectTarget): Answering {
  const fields: FieldLines = { raw: [], numbers: [] };
  addField(fields, fieldNumber('location'), 'Location', location);
  addField(fields, fieldNumber('content-length'), 'Content-Length', '0');
  addField(fields, fieldNumber('via'), 'Via', '1.1 holdfast');
  return { kind: 'answer', head: { status, reason: STATUS_CODES[status] ?? '', fields }, body: '', why: null };
}
