import type { Switch } from '../contract/kinds/switchesFile.ts';
import { moduleActions, moduleNames } from '../modules/all.ts';
import { isRuleName, isSiteName } from '../siteKeys/index.ts';

/** A ClickHouse column name that needs no quoting; it is also a log field and a metric label. */
export const featureNamePattern = /^[A-Za-z][A-Za-z0-9_]*$/;

const actionSwitches: readonly string[] = moduleActions.map((action) => `action:${action}`);

export const switchNamesHelp = `${[...moduleNames, ...actionSwitches].join(', ')} and rule:SITE/NAME`;

/** A rule that does not exist (yet) may be killed: a switch must not depend on the order in which bundles arrive. */
export function isSwitch(name: string): name is Switch {
  if ((moduleNames as readonly string[]).includes(name) || actionSwitches.includes(name)) return true;
  const slash = name.indexOf('/');
  if (!name.startsWith('rule:') || slash < 0) return false;
  return isSiteName(name.slice('rule:'.length, slash)) && isRuleName(name.slice(slash + 1));
}
