/** Bounds on a configuration file, each with the reason for its size. */
export const configLimits = {
  /** 1,000 sites with ten rules of 100 characters each. */
  fileBytesMax: 1 << 20,
  /** YAML brackets inside one another; a configuration needs 6. The YAML library recurses for each. */
  flowDepthMax: 32,
  /** Columns that block collections can be indented; a level takes one at least. */
  indentMax: 100,
  /** Uses of anchors. They save typing; a thousand uses of one list are an attack or an accident. */
  aliasesMax: 100,
  /** Problems listed; beyond it a last one says how many more there are. */
  problemsMax: 200,
  /** YAML syntax errors listed: after the first few, the rest follow from them. */
  syntaxProblemsMax: 20,
  trustedProxiesMax: 100,
  /** Each costs every worker a descriptor; a machine has a few addresses. */
  listenersMax: 16,
  /** Of one listener: names beyond it belong on one certificate. All are held in memory by each worker. */
  certificatesMax: 256,
  /** Operators of bots besides the shipped ones, and texts in each of their lists. */
  botOperatorsMax: 100,
  botTextsMax: 32,
  /** What the kernel takes (sun_path), less its end. */
  unixPathBytesMax: 107,
} as const;
