import { addressFamilies, type ListsFile } from '../contract/kinds/listsFile.ts';

/** The payload of a `lists` bundle; `src/bundles/lists.ts` reads it. */
export function encodeLists(file: ListsFile): Uint8Array {
  const { sources, countries, names } = file;
  const families = <T>(of: (family: (typeof addressFamilies)[number]) => T) =>
    Object.fromEntries(addressFamilies.map((family) => [family, of(family)]));
  const networks = families((family) => {
    const steps = file.networks[family];
    return { starts: base64(steps.starts), asns: base64(steps.asns), countries: base64(steps.countries) };
  });
  const members = families((family) => {
    const steps = file.members[family];
    return { starts: base64(steps.starts), lists: base64(steps.lists) };
  });
  return Buffer.from(JSON.stringify({ schema: 1, sources, countries, names, networks, members }));
}

/** The runtime's platforms are little-endian, and so is the format. */
function base64({ buffer, byteOffset, byteLength }: Uint32Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
