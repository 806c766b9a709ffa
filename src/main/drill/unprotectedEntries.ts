import { siblingEntry } from '../../kernel/siblingEntry.ts';
import { ordinaryEntries, type UpPorts } from '../up/up.ts';

/** The same processes, with three ports of that day's proxy in their place (`unprotected.ts`). */
export function unprotectedEntries(day: 'new' | 'old'): UpPorts['entries'] {
  const file = siblingEntry(import.meta.url, './unprotected');
  return {
    ...ordinaryEntries,
    control: [file, 'control', day],
    factory: [file, 'factory', day],
    edge: [file, 'supervisor', day],
  };
}
