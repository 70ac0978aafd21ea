import { nextSection, plural, wrap } from '../text/format.js';

/** What `submit` did. */
export interface Submission {
  readonly engine: 'slurm' | 'local' | 'k8s';
  readonly shards: number;
  /** The folder with scripts, logs, shards and, at the end, the merged results. */
  readonly out: string;
  /** Files that can be submitted by hand. */
  readonly files: readonly string[];
  /** Slurm's numbers of the array and of the job that joins; null when nothing was submitted. */
  readonly jobs: { readonly array: string; readonly join: string } | null;
  /** Commands to look at the work with, and what each does. */
  readonly next: readonly (readonly [what: string, command: string])[];
}

/** The object that `submit --json` prints. */
export function submitJson({ next, ...submission }: Submission): object {
  return {
    command: 'submit',
    ...submission,
    next: next.map(([what, command]) => ({ what, command })),
  };
}

/** What `submit` prints for a person. */
export function submitPage({ engine, shards, out, files, jobs, next }: Submission): string {
  const what =
    jobs === null
      ? `Written to ${out}: ${files.join(', ')}; nothing was submitted.`
      : `Submitted to Slurm: job ${jobs.array} (${plural(shards, 'task')}), and job ${jobs.join}, which joins them. ` +
        `Written to ${out}: ${files.join(', ')}.`;
  const lines = engine === 'local' ? [] : [...wrap(what, 78), ''];
  return `${[...lines, ...nextSection(next.map(([why, line]): [string, string] => [why, line]))].join('\n')}\n`;
}
