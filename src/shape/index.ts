export {
  either,
  entriesOf,
  expression,
  filled,
  listOf,
  oneAction,
  oneOf,
  recordOf,
  required,
  text,
  trueOrFalse,
  wholeNumber,
} from './make.ts';
export { type Said, type SaidKeys, type Settled, settle } from './said.ts';
export { Scopes } from './scopes.ts';
export type {
  Action,
  Actions,
  Either,
  Entries,
  Expression,
  Here,
  Keys,
  List,
  Once,
  OneOf,
  RecordShape,
  Shape,
  Text,
  TrueOrFalse,
  WholeNumber,
} from './shape.ts';
export { orList } from './words.ts';
