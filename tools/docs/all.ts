import { ownErrorsSection, rejectionsSection } from './answers.ts';
import { commandHelpSection, commandListSection } from './commands.ts';
import { configSections } from './config.ts';
import { configSchemaSection } from './configSchema.ts';
import { kindsSection } from './kinds.ts';
import { logColumnsSection } from './logColumns.ts';
import { metricsSection } from './metrics.ts';
import { failuresSection, moduleReasonsSection, modulesSection, switchesSection, traceSection } from './modules.ts';
import { refusalsSection } from './refusals.ts';
import { rateKeysSection, ruleFieldsSection } from './ruleFields.ts';
import type { Section } from './section.ts';

/** Every part of a document that is made of the code. */
export const sections: readonly Section[] = [
  commandListSection,
  commandHelpSection,
  kindsSection,
  refusalsSection,
  modulesSection,
  failuresSection,
  moduleReasonsSection,
  switchesSection,
  traceSection,
  ruleFieldsSection,
  rateKeysSection,
  ...configSections,
  configSchemaSection,
  metricsSection,
  ownErrorsSection,
  rejectionsSection,
  logColumnsSection,
];
