import { shellWord } from '../text/command-line.js';
import { RESTARTS, type TaskArray, taskLine } from './array.js';

/** What only Slurm is told; left to its defaults where null. */
export interface SlurmOptions {
  readonly partition: string | null;
  /** Time limit of a task as Slurm writes it: minutes, HH:MM:SS, D-HH. */
  readonly time: string | null;
  /** Memory of a task as Slurm writes it: 4G. */
  readonly memory: string | null;
}

/**
 * The batch script of the array. A task that was killed is begun again and goes on where it was; an exit code of 0, 1 or 3 is an answer, which
 * the joining job reads from the results.
 */
export function arrayScript(array: TaskArray, options: SlurmOptions): string {
  return `${head(array, options, { array: `0-${array.tasks - 1}`, output: '%a.log' })}
${programFunction(array)}
sparsest ${taskLine(array, 'SLURM_ARRAY_TASK_ID')}
code=$?

# Killed: by the memory limit, by a signal, with its node. What it had is kept; it goes on from there.
if [ "$code" -gt 128 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${RESTARTS} ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
`;
}

/** The batch script of the job that waits for all tasks of the array, whatever became of them. */
export function joinScript(array: TaskArray, options: SlurmOptions): string {
  return `${head(array, options, { output: 'join.log' })}
${programFunction(array)}
sparsest ${array.join.map(shellWord).join(' ')}
`;
}

function head(
  { name, directory, logs, cpus }: TaskArray,
  { partition, time, memory }: SlurmOptions,
  { array, output }: { readonly array?: string; readonly output: string },
): string {
  const lines = [
    `--job-name=${name}${array === undefined ? '-join' : ''}`,
    ...(array === undefined ? [] : [`--array=${array}`, '--requeue']),
    `--cpus-per-task=${cpus}`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(time === null ? [] : [`--time=${time}`]),
    ...(memory === null ? [] : [`--mem=${memory}`]),
    `--chdir="${directory}"`,
    // A percent sign in the path is no pattern.
    `--output="${logs.replaceAll('%', '%%')}/${output}"`,
    '--open-mode=append',
  ];
  return `#!/bin/bash\n${lines.map((line) => `#SBATCH ${line}\n`).join('')}`;
}

function programFunction({ program }: TaskArray): string {
  return `sparsest() { ${program.map(shellWord).join(' ')} "$@"; }\n`;
}
