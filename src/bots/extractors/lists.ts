import { type KnownList, knownLists } from '../../contract/kinds/listsFile.ts';
import { type Extractor, plain } from '../request/extractor.ts';

const words: Readonly<Record<KnownList, string>> = {
  crawler: "a known crawler's",
  hosting: "a hosting provider's",
  vpn: "a VPN's",
};

/** What the lists in force say of the client's address; all missing where there is no such list. */
export const listExtractors: readonly Extractor[] = [
  ...knownLists.map((list) =>
    plain(
      `${list}-range`,
      `1 if the client's address is one of ${words[list]}, else 0; missing without the list '${list}'.`,
      ({ address }) => figureOf(address.isIn(list)),
    ),
  ),
  {
    name: 'listed-range',
    summary: "1 if the client's address is in the operator's list of that name, else 0; missing without that list.",
    parameters: { list: { kind: 'text' } },
    compile: (parameters) => {
      const list = parameters.text('list');
      return ({ address }) => figureOf(address.isIn(list));
    },
  },
];

/** A list that was lost is not one that nobody is in. */
function figureOf(isIn: boolean | undefined): number {
  return isIn === undefined ? Number.NaN : Number(isIn);
}
