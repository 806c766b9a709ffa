import { refusalsSection } from './refusals.ts';
import type { Section } from './section.ts';

/** Every part of a document that is made of the code. */
export const sections: readonly Section[] = [refusalsSection];
