import { shellWord } from '../text/command-line.js';

/** An array of tasks over one command, and a job that joins what they leave. */
export interface TaskArray {
  /** Name that the scheduler shows: letters, digits, dashes. */
  readonly name: string;
  /** Number of tasks; their indices are 0 .. tasks - 1. */
  readonly tasks: number;
  /** The words of the command of one task; `INDEX` stands for its index. */
  readonly task: readonly string[];
  /** The words of the command that joins. */
  readonly join: readonly string[];
  /** Absolute path in which both are run: paths in the commands are relative to it. */
  readonly directory: string;
  /** Absolute path of a folder for what the tasks print. */
  readonly logs: string;
  /** The program `sparsest`, as words. */
  readonly program: readonly string[];
  /** Cores of one task. */
  readonly cpus: number;
}

/** Stands for the index of a task in the words of its command. */
export const INDEX = '{index}';

/** Times that a task which was killed is begun again by its own script. */
export const RESTARTS = 5;

/** The words of a task for a shell that has its index in a variable. */
export function taskLine({ task }: TaskArray, variable: string): string {
  return task.map((word) => word.split(INDEX).map(quoted).join(`"$${variable}"`)).join(' ');
}

/** A piece of a word beside an index; nothing where there is nothing. */
function quoted(text: string): string {
  return text === '' ? '' : shellWord(text);
}
