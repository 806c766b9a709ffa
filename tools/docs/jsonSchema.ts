import type { Keys, RecordShape, Shape } from '../../src/shape/index.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a person may write, as a JSON Schema (draft 7, which the language servers of editors read). It is a help while
 * writing: what a text has to be, and what keys are asked together, `holdfast check` says.
 */
export function schemaOf(shape: Shape): JsonSchema {
  return { ...described(shape), ...formOf(shape) };
}

function formOf(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'wholeNumber':
      return { type: 'integer', minimum: shape.min, maximum: shape.max };
    case 'trueOrFalse':
      return { type: 'boolean' };
    case 'oneOf':
      return { enum: shape.words };
    case 'text':
      return { type: 'string' };
    case 'expression':
      // `when: true` is a truth value to YAML.
      return { type: ['string', 'boolean'], maxLength: shape.charsMax };
    case 'list':
      return { type: 'array', items: schemaOf(shape.item), minItems: shape.min, maxItems: shape.max };
    case 'entries':
      return {
        type: 'object',
        propertyNames: namesOf(shape.keys[shape.under]!),
        additionalProperties: schemaOf(shape.keys[shape.value]!),
        maxProperties: shape.max,
      };
    case 'record':
      return recordOf(shape.keys);
    case 'action':
      return { anyOf: Object.entries(shape.actions).flatMap(([name, row]) => formsOf(name, row)) };
    case 'either':
      return { anyOf: [schemaOf(shape.text), schemaOf(shape.other)] };
  }
}

function recordOf(keys: Keys): JsonSchema {
  const required = Object.keys(keys).filter((key) => keys[key]!.need === 'required');
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(keys).map(([key, shape]) => [key, schemaOf(shape)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** The word, where it is enough, and the word with its keys, where it has some. */
function formsOf(name: string, row: RecordShape): JsonSchema[] {
  const { keys } = row;
  const isWordEnough = Object.values(keys).every(({ need }) => need !== 'required');
  const word = { ...described(row), const: name };
  const withKeys = { ...recordOf({}), properties: { [name]: recordOf(keys) }, required: [name] };
  return [...(isWordEnough ? [word] : []), ...(Object.keys(keys).length > 0 ? [withKeys] : [])];
}

/** Names of a mapping are texts to JSON, numbers among them. */
function namesOf(shape: Shape): JsonSchema {
  if (shape.kind !== 'wholeNumber') return schemaOf(shape);
  const numbers = Array.from({ length: shape.max - shape.min + 1 }, (_, index) => `${shape.min + index}`);
  return { enum: numbers };
}

function described(shape: Shape): JsonSchema {
  const said = 'default' in shape && typeof shape.default !== 'function' ? shape.default : undefined;
  return {
    ...(shape.says !== undefined && { description: plain(shape.says) }),
    ...(said !== undefined && { default: said }),
  };
}

/** Markdown's links and marks say nothing in an editor. */
function plain(markdown: string): string {
  return markdown
    .replace(/,? ?\(?\[(?:below|here|why)\]\([^)]*\)\)?/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/`|\*\*/g, '');
}
