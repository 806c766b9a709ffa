import { filled, text } from '../shape/index.ts';
import { isHost } from './texts/host.ts';

/** A site is named after its first host or `default`; the name stands in switches, so it has no `/`. */
export function isSiteName(name: string): boolean {
  return isHost(name);
}

export const name = filled(
  text({
    says: 'stands in logs, the trace and switches; written like a host name',
    what: 'the name of a site',
    unsaid: 'the first host; `default` for `"*"`',
    reason: 'schema-invalid',
    check: (given) =>
      isSiteName(given)
        ? undefined
        : 'the name of a site is written like a host name: lower-case letters, digits, dots, dashes',
    once: {
      scope: 'site names',
      twice: (given, before) => `the name "${given}" is taken by ${before}; give one of the two a "name" of its own`,
      repeated: 'Sites of the same name',
      reason: 'site-duplicate',
    },
    default: ({ hosts }) => {
      const [first] = (hosts ?? []) as readonly string[];
      return first === '*' ? 'default' : first;
    },
  }),
);
