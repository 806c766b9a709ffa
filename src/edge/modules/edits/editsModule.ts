import { editsDeclaration } from '../../../modules/edits/editsDeclaration.ts';
import type { Module, SetOnPath, SiteOnPath, Steps } from '../../pipeline/module.ts';
import { compileHeaderEdits } from './headerEdits.ts';

/** A site's edits of header fields, after all that the edge itself does to them. Fails open: they pass as they are. */
export class EditsModule implements Module {
  readonly declaration = editsDeclaration;

  compile(_: SetOnPath, site: SiteOnPath | undefined): Steps | undefined {
    if (site === undefined) return undefined;
    const request = compileHeaderEdits(site.settings.requestHeaders);
    const response = compileHeaderEdits(site.settings.responseHeaders);
    if (request === undefined && response === undefined) return undefined;
    return {
      ...(request && { originHead: (_, head) => head.edit(request) }),
      ...(response && { answerHead: (_, head) => ({ ...head, fields: response.editFields(head.fields) }) }),
    };
  }
}
