import { columnsOf, type DataColumns, type Dataset } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import type { ActivationPattern, PatternList } from '../search/patterns.js';
import { columnsText } from '../text/columns.js';
import { plural } from '../text/format.js';
import { type Ended, endOfTime } from './run.js';

/** Patterns that the JSON lists without being asked to. */
const PATTERNS_SHOWN = 10_000;

/** Everything beside the patterns that the report of `patterns` needs. */
export interface PatternsRun {
  readonly dataset: Dataset;
  readonly problem: Problem;
  /** Print every pattern with its witness. */
  readonly list: boolean;
  /** The checker has accepted the proof that there are no others. */
  readonly checked: boolean;
  /** The file with the proof, when one was written. */
  readonly certificate?: string | undefined;
  /** Which limit came before all were counted or `--limit` was reached. */
  readonly ended: Ended | null;
  readonly seconds: number;
}

/** The object that `patterns --json` prints; docs/json.md documents every field. */
export function patternsJson(
  { patterns, complete, atMost }: PatternList,
  { dataset, problem, list, checked, certificate, ended, seconds }: PatternsRun,
): Record<string, unknown> {
  return {
    command: 'patterns',
    data: {
      name: dataset.name,
      points: problem.size,
      dimension: problem.dimension,
      columns: inputColumns(dataset),
    },
    status: complete ? 'complete' : ended === null ? 'limit' : 'bracket',
    ...(ended === null ? {} : { ended }),
    count: patterns.length,
    atMost: atMost.toString(),
    generalPosition: complete && BigInt(patterns.length) === atMost,
    ...(list || patterns.length <= PATTERNS_SHOWN ? { patterns: patterns.map(shown) } : {}),
    checked,
    ...(certificate === undefined ? {} : { certificate }),
    seconds,
  };
}

/** The page for a person. */
export function patternsPage(
  { patterns, complete, atMost }: PatternList,
  { dataset, problem, list, ended }: PatternsRun,
): string {
  const general =
    BigInt(patterns.length) === atMost
      ? ', as many as for points in general position'
      : ` (points in general position have ${atMost})`;
  const lines = [
    complete
      ? `${patterns.length} activation patterns on ${problem.size} points in ${plural(problem.dimension, 'dimension')}${general}: proved and checked`
      : ended === null
        ? `more than ${patterns.length} activation patterns (at most ${atMost}); --limit N goes on`
        : `at least ${patterns.length} activation patterns (at most ${atMost}). ${endOfTime(ended)}`,
    `inputs ${columnsText(inputColumns(dataset))}; labels are not used`,
    ...(list ? patterns.map(shown).map(patternLine) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function shown({ active, witness }: ActivationPattern) {
  return {
    active: Array.from(active).join(''),
    inputWeights: witness.inputWeights.map(String),
    bias: witness.bias.toString(),
  };
}

function patternLine({ active, inputWeights, bias }: ReturnType<typeof shown>): string {
  return `${active}  w = (${inputWeights.join(', ')}), b = ${bias}`;
}

/** The inputs and what else the file has: labels and windows are not used. */
function inputColumns(dataset: Dataset): DataColumns {
  const { inputs, target, lower, upper, unused = [] } = columnsOf(dataset);
  const others = [target, lower, upper].filter((name) => typeof name === 'string').concat(unused);
  return { inputs, target: null, ...(others.length === 0 ? {} : { unused: others }) };
}
