import type { Certificate } from '../certificate/certificate.js';
import type { Verdict } from '../checker/verdict.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import { columnName, columnsText } from '../text/columns.js';
import { plural } from '../text/format.js';

/** Everything the report of `check` needs. */
export interface CheckView {
  readonly dataset: Dataset;
  readonly problem: Problem;
  readonly certificate: Certificate;
  readonly verdict: Verdict;
  /** When the certificate is about another problem: options under which the same file is that problem; null when none are known. */
  readonly otherReading: readonly string[] | null;
  readonly seconds: number;
}

/** The rules that a certificate breaks when it is about another problem. */
const OTHER_PROBLEM: readonly string[] = ['problem-size', 'problem-tolerance', 'problem-hash'];

export function isAboutAnotherProblem(verdict: Verdict): boolean {
  return !verdict.accepted && OTHER_PROBLEM.includes(verdict.rule);
}

/** The object that `check --json` prints; docs/json.md documents every field. */
export function checkJson(view: CheckView): Record<string, unknown> {
  const { dataset, problem, certificate, verdict, seconds } = view;
  return {
    command: 'check',
    data: {
      name: dataset.name,
      points: problem.size,
      dimension: problem.dimension,
      columns: columnsOf(dataset),
    },
    ...verdict,
    ...(isAboutAnotherProblem(verdict) ? { reason: otherProblem(view).join('; ') } : {}),
    claim: certificate.claim,
    seconds,
  };
}

/** The verdict for a person, and what was read. */
export function checkPage(view: CheckView): string {
  const { dataset, verdict } = view;
  const data = `data: ${columnsText(columnsOf(dataset))}`;
  if (verdict.accepted) return `accepted: ${verdict.statement}\n${data}\n`;
  if (!isAboutAnotherProblem(verdict))
    return `rejected by rule ${verdict.rule}: ${verdict.reason}\n${data}\n`;
  const [first, ...rest] = otherProblem(view);
  return `rejected by rule ${verdict.rule}: ${first}\n${rest.map((line) => `  ${line}\n`).join('')}`;
}

/**
 * Why these data are not what the certificate is about: no false proof, most likely, but a file that was read in another
 * way.
 */
function otherProblem(view: CheckView): string[] {
  const { dataset, problem, verdict, otherReading } = view;
  const size = `${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}`;
  return [
    'the certificate is about another problem than these data, as they were read',
    verdict.accepted ? '' : verdict.reason,
    `the data were read as ${columnsText(columnsOf(dataset))} (${size})`,
    `look at ${readingFlags(dataset)}another file`,
    ...(otherReading === null ? [] : [`${inWords(otherReading)} they are the problem of the certificate`]),
  ];
}

/** The options that decide how a file is read, up to the last "or". */
export function readingFlags({ name, columns }: Dataset): string {
  // Only a table has columns of its own.
  if (columns !== undefined) return '--target, --inputs, --no-header, --float64, or ';
  return /\.npz$/i.test(name) ? '' : '--float64, or ';
}

/** "with --target y1". */
function inWords(words: readonly string[]): string {
  if (words.length === 0) return 'without these options';
  return `with ${words.map((word) => (word.startsWith('--') ? word : columnName(word))).join(' ')}`;
}
