import type { ListsFile } from '../../src/contract/kinds/listsFile.ts';
import { intervalOfNetwork, makeLists } from '../../src/lists/make/index.ts';

/** Lists that hold these networks under these names; each network is of country DE and of the system `asn`. */
export function listsOf(networks: readonly (readonly [network: string, list: string])[], asn = 64_496): ListsFile {
  const ranges = networks.map(([network, list]) => ({ interval: intervalOfNetwork(network)!, list }));
  const lists = new Map(
    [...new Set(ranges.map(({ list }) => list))].map((list) => [
      list,
      ranges.filter((each) => each.list === list).map(({ interval }) => interval),
    ]),
  );
  return makeLists({
    sources: [],
    countries: ranges.map(({ interval }) => ({ interval, country: 'DE' })),
    asns: ranges.map(({ interval }) => ({ interval, asn })),
    lists,
  }).file;
}
