import { entriesOf, listOf, recordOf, required, text } from '../shape/index.ts';
import { headerNameFault, headerValueFault } from './texts/header.ts';
import { siteLimits } from './texts/limits.ts';

const each = 'line';
const max = siteLimits.headerEditsMax;

const headerName = text({
  what: 'the name of a header',
  like: 'NAME',
  check: headerNameFault,
  once: {
    scope: 'edits',
    isCaseless: true,
    twice: (name, before) => `${name} is edited by ${before} already`,
    repeated: 'names that stand twice',
  },
});

const line = {
  name: required(headerName),
  value: required(text({ what: 'the value of a header', check: headerValueFault })),
};

/** A name stands at most once in all three, whatever its case. */
const edits = recordOf(
  {
    set: entriesOf(line, {
      each,
      max,
      under: 'name',
      value: 'value',
      says: 'name: value; takes the place of every line of the name',
    }),
    add: entriesOf(line, { each, max, under: 'name', value: 'value', says: 'name: value; a further line of the name' }),
    remove: listOf(headerName, { each: 'name', min: 0, max, says: 'names whose lines are taken away' }),
  },
  { what: 'this', reason: 'header-edit-invalid', opens: 'edits' },
  {
    check: ({ set = [], add = [], remove = [] }) => {
      const count = set.length + add.length + remove.length;
      return count > max ? `there are ${count} edits; at most ${max} are taken` : undefined;
    },
  },
);

/** Done to what the edge would send the origin. */
export const requestHeaders = {
  ...edits,
  says: 'edits of what the origin gets, after all that the edge does itself',
} as const;

/** Done to what the edge would send the visitor of an origin's answer. */
export const responseHeaders = {
  ...edits,
  says: "edits of what the visitor gets of an origin's answer",
} as const;
