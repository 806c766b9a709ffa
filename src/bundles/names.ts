import type { Switch } from '../contract/kinds/switchesFile.ts';
import { moduleActions, moduleNames } from '../modules/all.ts';

/** A ClickHouse column name that needs no quoting; it is also a log field and a metric label. */
export const featureNamePattern = /^[A-Za-z][A-Za-z0-9_]*$/;

/** A DNS name (underscores occur in container networks), an IPv4 address, or a bracketed IPv6 address; lower case. */
export const hostSource = '(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\\[[0-9a-f:.]{2,45}\\])';
export const hostPattern = new RegExp(`^${hostSource}$`);
export const hostCharsMax = 253;

/** A host as a site names it; without `*`, which is no host. */
export function isHost(text: string): boolean {
  return text.length <= hostCharsMax && hostPattern.test(text);
}

/** A site is named after its first host or `default`; the name stands in switches, so it has no `/`. */
export function isSiteName(name: string): boolean {
  return name.length <= hostCharsMax && hostPattern.test(name);
}

/** 1 to 100 characters, none of them a control character. */
export const ruleNamePattern = /^[^\u0000-\u001f\u007f]{1,100}$/;

export function isRuleName(text: string): boolean {
  return ruleNamePattern.test(text);
}

const actionSwitches: readonly string[] = moduleActions.map((action) => `action:${action}`);

export const switchNamesHelp = `${[...moduleNames, ...actionSwitches].join(', ')} and rule:SITE/NAME`;

/** A rule that does not exist (yet) may be killed: a switch must not depend on the order in which bundles arrive. */
export function isSwitch(name: string): name is Switch {
  if ((moduleNames as readonly string[]).includes(name) || actionSwitches.includes(name)) return true;
  const slash = name.indexOf('/');
  if (!name.startsWith('rule:') || slash < 0) return false;
  return isSiteName(name.slice('rule:'.length, slash)) && ruleNamePattern.test(name.slice(slash + 1));
}
