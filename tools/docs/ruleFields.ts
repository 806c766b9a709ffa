import { moduleFields } from '../../src/modules/all.ts';
import { rateKeyKinds } from '../../src/rates/index.ts';
import { listFields, requestFields } from '../../src/rules/expression/vocabulary.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

const types = {
  bool: 'true or false',
  int: 'whole number',
  double: 'decimal number',
  string: 'text',
  strings: 'list of texts',
} as const;

/** Names that have no row of their own: any header has one. */
const headers = [
  '`request.headers["name"]`',
  'text',
  'case of the name does not matter; several of one name are joined with `, `; **unknown when the request has none**',
] as const;

export const ruleFieldsSection: Section = {
  file: 'docs/rules.md',
  marker: 'rule fields',
  make: () => {
    const lines = (fields: Readonly<Record<string, { readonly type: keyof typeof types; readonly says: string }>>) =>
      Object.entries(fields).map(([name, { type, says }]) => [words([name]), types[type], says]);
    return table(
      ['field', 'type', 'what it is'],
      [...lines(requestFields), headers, ...lines(moduleFields), ...lines(listFields)],
    );
  },
};

export const rateKeysSection: Section = {
  file: 'docs/rules.md',
  marker: 'rate keys',
  make: () =>
    table(
      ['key', 'requests are counted by'],
      Object.entries(rateKeyKinds).map(([kind, { named, sentence }]) => [
        words([named ? `${kind} NAME` : kind]),
        sentence,
      ]),
    ),
};
