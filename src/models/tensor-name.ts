/** What the name of a tensor says about it. Names are evidence: they can rule a reading out, never make shapes fit. */
export interface TensorName {
  /** The word for weights or for a bias, if there is just one of the two kinds. */
  readonly kind: 'weight' | 'bias' | null;
  /** The word itself; ".weight" for the parameter of a module of PyTorch. */
  readonly kindWord: string | null;
  /** What is left without that word: the same for the weights and the bias of one layer. */
  readonly layer: string;
  /** The layer without its numbers, and the numbers: "dense", "dense_1", "dense_2" come in this order. */
  readonly stem: string;
  readonly numbers: readonly number[];
  /** Where the layer stands, if the name says so; 'unclear' when it says two things. */
  readonly position: Position | 'unclear' | null;
  /** The layer is called by nothing but its position: "out", "hidden". */
  readonly onlyPosition: boolean;
  /** How matrices of this name are stored by custom: PyTorch's `.weight` is [out, in], `kernel` and `coefs_` are [in, out]. */
  readonly convention: 'rows' | 'columns' | null;
}

/** Where in the network a tensor belongs. */
export type Position = 'hidden' | 'output' | 'skip';

const WEIGHT_WORDS = new Set(
  'weight weights w wt wts kernel kernels coef coefs coefficient coefficients'.split(' '),
);
const BIAS_WORDS = new Set('bias biases b intercept intercepts'.split(' '));
const COLUMN_WORDS = new Set('kernel kernels coef coefs'.split(' '));

const INPUT_WORDS = new Set('in input inputs'.split(' '));
const HIDDEN_WORDS = new Set('hidden hid inner first encoder'.split(' '));
const OUTPUT_WORDS = new Set('out output outputs outer head last final readout decoder'.split(' '));
const SKIP_WORDS = new Set('skip shortcut residual bypass direct passthrough'.split(' '));

/** Names of one letter as papers use them, f(x) = v . (W x + b)+ + c; W and b are words of their kind already. */
const LETTERS: Readonly<Record<string, Pick<TensorName, 'kind' | 'kindWord' | 'position'>>> = {
  v: { kind: 'weight', kindWord: 'v', position: 'output' },
  V: { kind: 'weight', kindWord: 'V', position: 'output' },
  c: { kind: 'bias', kindWord: 'c', position: 'output' },
};

/** Lower-case words and numbers of a name: "fc1.weight" -> fc, 1, weight; "outputBias" -> output, bias; "kernel:0" -> kernel. */
export function wordsOf(name: string): string[] {
  return (
    name
      .replace(/:0$/, '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]+|\d+/g) ?? []
  );
}

/**
 * The names of a file without the folders that all of them share ("model.net.0.weight" -> "0.weight"): what a wrapper is called
 * says nothing.
 */
export function withoutCommonPrefix(names: readonly string[]): string[] {
  const split = names.map((name) => name.split(/[./]/));
  let shared = 0;
  while (
    split.length > 1 &&
    split.every((parts) => parts.length > shared + 1 && parts[shared] === split[0]![shared])
  ) {
    shared++;
  }
  return split.map((parts) => parts.slice(shared).join('.'));
}

/** @param name a name, see `withoutCommonPrefix` */
export function parseTensorName(name: string): TensorName {
  const letter = Object.hasOwn(LETTERS, name) ? LETTERS[name] : undefined;
  if (letter !== undefined) {
    const none = { layer: '', stem: '', numbers: [], onlyPosition: false, convention: null };
    return { ...letter, ...none };
  }
  const parts = name.split('.');
  const last = wordsOf(parts.at(-1)!);
  const before = parts.slice(0, -1).flatMap(wordsOf);
  // The last part of a dotted name is the parameter; only when it says nothing (a number in a list) the whole name counts.
  const own = kindOf(last);
  const kind = own ?? (last.every((word) => /^\d+$/.test(word)) ? kindOf([...before, ...last]) : null);
  const keep = (word: string) => kind === null || !isKindWord(word);
  const [path, leaf] = own === null ? [before.filter(keep), last.filter(keep)] : [before, last.filter(keep)];
  const rest = [...path, ...leaf];
  const words = rest.filter((word) => !/^\d+$/.test(word));
  const kindWord = kind === null ? null : [...last, ...before].find(isKindWord)!;
  const position = positionOf(words);
  const dotted = parts.length > 1 && parts.at(-1) === 'weight';
  return {
    kind,
    kindWord: dotted ? '.weight' : kindWord,
    layer: parts.length > 1 ? `${path.join(' ')}.${leaf.join(' ')}` : rest.join(' '),
    stem: words.join(' '),
    numbers: rest.filter((word) => /^\d+$/.test(word)).map(Number),
    position,
    onlyPosition: position !== null && words.length === rest.length && words.every(isPositionWord),
    convention: dotted ? 'rows' : kindWord !== null && COLUMN_WORDS.has(kindWord) ? 'columns' : null,
  };
}

/**
 * Negative when the numbers of the names put layer a before layer b, positive for the other way round, 0 when they do not say.
 */
export function compareLayers(a: TensorName, b: TensorName): number {
  if (a.stem !== b.stem || a.kindWord !== b.kindWord) return 0;
  for (let i = 0; i < a.numbers.length && i < b.numbers.length; i++) {
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i]! - b.numbers[i]!;
  }
  return a.numbers.length - b.numbers.length;
}

function isKindWord(word: string): boolean {
  return WEIGHT_WORDS.has(word) || BIAS_WORDS.has(word);
}

function isPositionWord(word: string): boolean {
  return [INPUT_WORDS, HIDDEN_WORDS, OUTPUT_WORDS, SKIP_WORDS].some((set) => set.has(word));
}

function kindOf(words: readonly string[]): TensorName['kind'] {
  const weight = words.some((word) => WEIGHT_WORDS.has(word));
  const bias = words.some((word) => BIAS_WORDS.has(word));
  return weight === bias ? null : weight ? 'weight' : 'bias';
}

/** "hidden_to_output" is the output layer, "input_to_hidden" the hidden one; "input_to_output" may be a skip or anything. */
function positionOf(words: readonly string[]): TensorName['position'] {
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  if (has(SKIP_WORDS)) return 'skip';
  if (has(OUTPUT_WORDS)) return has(INPUT_WORDS) && !has(HIDDEN_WORDS) ? 'unclear' : 'output';
  return has(HIDDEN_WORDS) || has(INPUT_WORDS) ? 'hidden' : null;
}
