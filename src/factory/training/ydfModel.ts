import type { ModelFile } from '../../contract/modelFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { allBytesOf, bytesOf, floatsOf, readMessage, varintOf, type WireField } from './protobufReader.ts';

/** The files of a saved YDF model by name, as the trainer hands them over. */
export type YdfFiles = Readonly<Record<string, Uint8Array>>;

export interface YdfReading {
  /** The label value whose probability a positive sum of leaves stands for. */
  readonly humanLabel: string;
  readonly name: string;
  /** Trees kept from the front; boosting adds trees one by one, so each prefix is a model of its own. */
  readonly treesMax: number;
}

/**
 * Reads a YDF gradient-boosted binary classifier over numerical columns into our flat form. Source of the format: the
 * public .proto files of yggdrasil_decision_forests (abstract_model, data_spec, gradient_boosted_trees, decision_tree) and
 * its blob sequence (2 bytes "BS", u16 version, 4 bytes more, then u32 length + node, depth first, negative child first).
 */
export function readYdfModel(files: YdfFiles, reading: YdfReading): Result<ModelFile, string> {
  const message = (name: string) => {
    const bytes = files[name];
    return bytes === undefined ? err(`the model has no file ${name}`) : readMessage(bytes);
  };
  const header = message('header.pb');
  const dataSpec = message('data_spec.pb');
  const boosting = message('gradient_boosted_trees_header.pb');
  if (!header.ok) return header;
  if (!dataSpec.ok) return dataSpec;
  if (!boosting.ok) return boosting;

  const columns = readColumns(dataSpec.value);
  if (!columns.ok) return columns;
  const labels = columns.value[varintOf(header.value, 3, 0)]?.labels ?? [];
  const sign = signOf(labels, reading.humanLabel);
  if (sign === undefined)
    return err(`labels are ${JSON.stringify(labels)}; two with "${reading.humanLabel}" are needed`);

  const [bias] = floatsOf(boosting.value, 4);
  if (bias === undefined) return err('the model has no initial prediction');
  const nodes = readNodes(files, varintOf(boosting.value, 1, 1));
  if (!nodes.ok) return nodes;
  const trees = Math.min(varintOf(boosting.value, 2, 0), reading.treesMax);
  return flatten(nodes.value, trees, columns.value, { name: reading.name, bias: sign * bias, sign });
}

interface Column {
  readonly name: string;
  /** Label values by index; 0 stands for values outside the dictionary. */
  readonly labels: readonly string[];
}

function readColumns(dataSpec: readonly WireField[]): Result<Column[], string> {
  const columns: Column[] = [];
  for (const bytes of allBytesOf(dataSpec, 1)) {
    const column = readMessage(bytes);
    if (!column.ok) return column;
    const labels: string[] = [];
    const categorical = readMessage(bytesOf(column.value, 6) ?? new Uint8Array());
    if (!categorical.ok) return categorical;
    for (const entry of allBytesOf(categorical.value, 7)) {
      const pair = readMessage(entry);
      const value = readMessage((pair.ok && bytesOf(pair.value, 2)) || new Uint8Array());
      if (pair.ok && value.ok) labels[varintOf(value.value, 1, 0)] = text(bytesOf(pair.value, 1));
    }
    columns.push({ name: text(bytesOf(column.value, 2)), labels });
  }
  return ok(columns);
}

/** YDF's binary trees add up to the log-odds of label index 2 against index 1 (0 is "out of dictionary"). */
function signOf(labels: readonly string[], humanLabel: string): 1 | -1 | undefined {
  if (labels.length !== 3) return undefined;
  if (labels[2] === humanLabel) return 1;
  return labels[1] === humanLabel ? -1 : undefined;
}

interface YdfNode {
  readonly leaf: number;
  readonly condition:
    | { readonly column: number; readonly threshold: number; readonly missingRight: number }
    | undefined;
}

function readNodes(files: YdfFiles, shards: number): Result<YdfNode[], string> {
  const nodes: YdfNode[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const name = `nodes-${String(shard).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}`;
    const bytes = files[name];
    if (bytes === undefined) return err(`the model has no file ${name}`);
    if (bytes[0] !== 0x42 || bytes[1] !== 0x53) return err(`${name} is no blob sequence`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 8; at < bytes.length; ) {
      const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
      if (at + 4 + length > bytes.length) return err(`${name} ends within a node`);
      const node = readNode(bytes.subarray(at + 4, at + 4 + length));
      if (!node.ok) return node;
      nodes.push(node.value);
      at += 4 + length;
    }
  }
  return ok(nodes);
}

function readNode(bytes: Uint8Array): Result<YdfNode, string> {
  const node = readMessage(bytes);
  if (!node.ok) return node;
  const regressor = readMessage(bytesOf(node.value, 2) ?? new Uint8Array());
  if (!regressor.ok) return regressor;
  const leaf = floatsOf(regressor.value, 1)[0] ?? 0;
  const conditionBytes = bytesOf(node.value, 3);
  if (conditionBytes === undefined) return ok({ leaf, condition: undefined });
  const condition = readMessage(conditionBytes);
  if (!condition.ok) return condition;
  const kind = readMessage(bytesOf(condition.value, 3) ?? new Uint8Array());
  if (!kind.ok) return kind;
  const higher = bytesOf(kind.value, 2);
  if (higher === undefined) return err('a node asks something else than "value >= threshold"');
  const parameters = readMessage(higher);
  if (!parameters.ok) return parameters;
  const [threshold] = floatsOf(parameters.value, 1);
  if (threshold === undefined) return err('a node has no threshold');
  const missingRight = varintOf(condition.value, 1, 0);
  return ok({ leaf: 0, condition: { column: varintOf(condition.value, 2, 0), threshold, missingRight } });
}

/** Lays the trees out one behind the other in YDF's own depth-first order: children stand behind their parent. */
function flatten(
  nodes: readonly YdfNode[],
  trees: number,
  columns: readonly Column[],
  form: { readonly name: string; readonly bias: number; readonly sign: number },
): Result<ModelFile, string> {
  const names: string[] = [];
  const indexOfColumn = new Map<number, number>();
  const flat = {
    roots: [] as number[],
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    missingRight: [] as number[],
  };
  let next = 0;
  let short = false;
  const place = (): number => {
    const index = next++;
    const node = nodes[index];
    if (node === undefined) {
      short = true;
      return index;
    }
    if (node.condition === undefined) {
      flat.feature[index] = -1;
      flat.threshold[index] = form.sign * node.leaf;
      flat.left[index] = 0;
      flat.right[index] = 0;
      flat.missingRight[index] = 0;
      return index;
    }
    const { column, threshold, missingRight } = node.condition;
    let feature = indexOfColumn.get(column);
    if (feature === undefined) {
      feature = names.push(columns[column]?.name ?? '') - 1;
      indexOfColumn.set(column, feature);
    }
    flat.feature[index] = feature;
    flat.threshold[index] = threshold;
    flat.missingRight[index] = missingRight;
    flat.left[index] = place();
    flat.right[index] = place();
    return index;
  };
  for (let tree = 0; tree < trees && !short; tree++) flat.roots.push(place());
  if (short) return err('the model ends within a tree');
  const threshold = flat.threshold.map(shortest);
  return ok({ schema: 1, name: form.name, features: names, bias: shortest(form.bias), ...flat, threshold });
}

/** The shortest decimal that is the same float32, so that the file stays small and readable: 0.1 for 0.10000000149. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
