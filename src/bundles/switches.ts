import type { Switch, SwitchesFile } from '../contract/kinds/switchesFile.ts';
import { limits } from '../contract/limits.ts';
import { type FindingList, quoteSome } from './findingList.ts';
import { isSwitch, switchNamesHelp } from './names.ts';
import { exactFile, refuse, repeatedNames } from './shape.ts';

/** Reads a switches file strictly. */
export function decodeSwitches(value: unknown, findings: FindingList): SwitchesFile | undefined {
  const file = exactFile(value, ['killed'], findings);
  if (file === undefined) return undefined;
  const { killed } = file;
  if (!Array.isArray(killed) || !killed.every((name) => typeof name === 'string')) {
    return refuse(findings, '"killed" must be a list of names.');
  }
  const limit = limits.switchesMax;
  if (killed.length > limit) {
    const message = `${killed.length} switches are thrown; at most ${limit} are allowed.`;
    findings.add({ reason: 'switches-too-many', message, value: killed.length, limit });
  }
  const unknown = killed.filter((name) => !isSwitch(name)).map((name) => name.slice(0, 200));
  if (unknown.length > 0) {
    const message = `No such switch: ${quoteSome(unknown)}. There are ${switchNamesHelp}.`;
    findings.add({ reason: 'switch-unknown', message, names: unknown });
  }
  const repeated = repeatedNames(killed);
  if (repeated.length > 0) refuse(findings, `Switches stand in the file twice: ${quoteSome(repeated)}.`);
  return findings.isEmpty ? { schema: 1, killed: killed as Switch[] } : undefined;
}
