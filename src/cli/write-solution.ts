import { networkChunks } from '../files/network-format.js';
import { writeFileAtomically } from '../files/write-file.js';
import { columnsOf } from '../problem/dataset.js';
import type { Network } from '../problem/network.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import { notice } from './common.js';
import { type TakeAwayOptions, writeTakeAway } from './take-away.js';

/** Files that a solution is written to, where they are asked for. */
export interface SolutionFiles extends TakeAwayOptions {
  readonly network?: string;
  readonly plot?: string;
}

/** Writes the network, the picture and what else is taken away. */
export async function writeNetworkAndPlot(
  { dataset, problem }: PosedQuestion,
  result: { readonly network: Network; readonly function: PiecewiseLinear | null },
  options: SolutionFiles,
): Promise<void> {
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
  await writeTakeAway({ dataset, problem }, result, options);
}
