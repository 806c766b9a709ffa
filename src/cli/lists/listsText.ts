import type { ListsFile } from '../../contract/kinds/listsFile.ts';
import { printable } from '../../kernel/printable.ts';

/** What a lists file holds, for people. */
export function listsSummary(file: ListsFile): string {
  const { networks, members, countries, names, sources } = file;
  const lists = names.map((name, place) => {
    const holds = (bits: number) => ((bits >>> place) & 1) === 1;
    return `${name} (${members.ipv4.lists.filter(holds).length + members.ipv6.lists.filter(holds).length})`;
  });
  return [
    `  networks  ${networks.ipv4.asns.length} steps of IPv4, ${networks.ipv6.asns.length} of IPv6, ${countries.length} countries`,
    `  lists     ${lists.length === 0 ? 'none' : lists.join(', ')}`,
    ...sources.map(
      ({ name, licence, attribution }) =>
        `  source    ${printable([name, licence, attribution].filter((text) => text !== '').join('; '))}`,
    ),
    '',
  ].join('\n');
}
