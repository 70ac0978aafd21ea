import type { Taken } from '../exports/export.js';
import { networkChunks } from '../files/network-format.js';
import { writeFileAtomically } from '../files/write-file.js';
import { columnsOf } from '../problem/dataset.js';
import type { PosedQuestion } from '../problem/question.js';
import { notice } from './common.js';
import { type TakeAwayOptions, type TakenAway, writeTakeAway } from './take-away.js';

/** Files that a solution is written to, where they are asked for. */
export interface SolutionFiles extends TakeAwayOptions {
  readonly network?: string;
  readonly plot?: string;
}

/**
 * Writes the network, the picture and what else is taken away.
 * @returns what the JSON says of it
 */
export async function writeNetworkAndPlot(
  { dataset, problem }: PosedQuestion,
  result: Omit<Taken, 'name' | 'problem'>,
  options: SolutionFiles,
): Promise<TakenAway> {
  if (options.network !== undefined) {
    await writeFileAtomically(options.network, networkChunks(result.network));
    notice(options, `network written to ${options.network}`);
  }
  if (options.plot !== undefined) {
    const { plotSolution } = await import('../pictures/solution.js');
    await writeFileAtomically(options.plot, [
      await plotSolution(problem, result.function!, dataset.name, columnsOf(dataset)),
    ]);
    notice(options, `picture written to ${options.plot}`);
  }
  return writeTakeAway({ dataset, problem }, result, options);
}

/** Whether any of these files is wanted. */
export function isAsked({ network, plot, table, predict, export: exports }: SolutionFiles): boolean {
  return [network, plot, table, predict, exports].some((asked) => asked !== undefined);
}
