import { fileShape } from '../../src/config/index.ts';
import { schemaOf } from './jsonSchema.ts';
import type { Section } from './section.ts';

/** The schema that a `holdfast.yaml` names in its first line, so that an editor knows its keys. */
export const configSchemaSection: Section = {
  file: 'shipped/holdfast.schema.json',
  marker: null,
  make: () =>
    JSON.stringify(
      { $schema: 'http://json-schema.org/draft-07/schema#', title: 'holdfast.yaml', ...schemaOf(fileShape) },
      null,
      2,
    ),
};
