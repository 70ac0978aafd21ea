import { Command } from 'commander';
import { writeFileAtomically } from '../files/write-file.js';
import { generate } from '../generate/generate.js';
import { csvChunks, instanceChunks, instanceNpz } from '../generate/instance-file.js';
import { GENERATE_DEFAULTS, type GenerateOptions, KINDS, type Kind } from '../generate/options.js';
import { endOfTime } from '../pages/run.js';
import { InputError } from '../problem/input-error.js';
import {
  type CommonOptions,
  choice,
  EXIT,
  type ExitCode,
  exactNumber,
  notice,
  printJson,
  runCommand,
  wholeNumber,
  withCommonOptions,
} from './common.js';
import { type LimitOptions, type Limits, withinLimits, withTimeLimit } from './limits.js';

interface Options extends CommonOptions, GenerateOptions, LimitOptions {
  readonly out?: string;
}

const HELP = `
Kinds:
${Object.entries(KINDS)
  .map(([kind, what]) => `  ${kind.padEnd(15)} ${what}`)
  .join('\n')}
`;

/** `generate KIND`: an instance with its known answer. */
export function generateCommand(): Command {
  const whole = wholeNumber(0);
  const defaults = GENERATE_DEFAULTS;
  const command = new Command('generate')
    .description('Make an instance with a known answer; the same seed gives the same data, bit for bit.')
    .argument('<kind>', `one of ${Object.keys(KINDS).join(', ')}`)
    .option(
      '--out <file>',
      'write here: .json (sparsest-instance), .csv or .npz (default: JSON on standard output)',
    )
    .option('--points <n>', `number of points (default: ${defaults.points})`, whole)
    .option('--seed <n>', `seed (default: ${defaults.seed})`, whole)
    .addOption(
      choice(
        '--distribution <name>',
        `walk, noise: how steps are drawn (default: ${defaults.distribution})`,
        ['integer', 'uniform', 'gaussian'],
      ),
    )
    .option(
      '--range <n>',
      `walk, noise, convex, planted, collinear: size of the integers (default: ${defaults.range})`,
      whole,
    )
    .option('--knots <n>', `planted: number of knots (default: ${defaults.knots})`, whole)
    .option('--stretch <n>', `collinear: mean length of a stretch (default: ${defaults.stretch})`, whole)
    .option('--formula <text>', 'formula: an expression in x, such as "abs(x) - 0.5*max(0, x-1)"')
    .option('--from <x>', `formula: first x, exact (default: ${defaults.from})`, exactNumber)
    .option('--to <x>', `formula: last x, exact (default: ${defaults.to})`, exactNumber)
    .option('--dimension <d>', `teacher, uniform: number of inputs (default: ${defaults.dimension})`, whole)
    .option('--neurons <n>', `teacher: neurons of the planted network (default: ${defaults.neurons})`, whole)
    .option('--weight <n>', `teacher: largest weight (default: ${defaults.weight})`, whole)
    .option(
      '--decimals <n>',
      `teacher, uniform: decimals of the inputs (default: ${defaults.decimals})`,
      whole,
    )
    .addHelpText('after', HELP);
  withTimeLimit(command, 'making the instance; then nothing is written');
  return withCommonOptions(command).action((kind: string, options: Options) =>
    runCommand('generate', () => run(kind, options)),
  );
}

/** Thrown through the work when a limit comes. */
class LimitReached extends Error {}

async function run(kind: string, given: Options): Promise<ExitCode> {
  if (given.json && given.out === undefined) {
    throw new InputError(
      '--json describes what was written, so it needs --out FILE; without both, the instance itself is printed',
    );
  }
  return withinLimits(given, async (limits) => {
    try {
      return await generateWithin(limits, kind, given);
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      const ended = limits.ended!;
      const nothing =
        given.out === undefined ? 'the instance is not complete' : `${given.out} was not written`;
      if (given.json) printJson({ command: 'generate', kind, status: 'bracket', ended, file: null });
      else notice(given, `generate: ${nothing}. ${endOfTime(ended)}`);
      return EXIT.undecided;
    }
  });
}

async function generateWithin(
  limits: Limits,
  kind: string,
  { out, json, quiet, timeLimit: _, ...options }: Options,
): Promise<ExitCode> {
  const start = performance.now();
  const instance = await generate(kind as Kind, options, async (steps) => {
    const taken = await limits.take(steps, () => 'making points');
    if (taken === null) throw new LimitReached();
    return taken.value;
  }).catch((error: unknown) => {
    throw error instanceof InputError ? namingFlag(error) : error;
  });
  function* whileTimeLasts<T>(chunks: Iterable<T>): Generator<T> {
    for (const chunk of chunks) {
      if (limits.ended !== null) throw new LimitReached();
      limits.show('writing points');
      yield chunk;
    }
  }
  if (out === undefined) {
    for (const chunk of whileTimeLasts(instanceChunks(instance))) process.stdout.write(chunk);
    return EXIT.ok;
  }
  if (out.endsWith('.json')) await writeFileAtomically(out, whileTimeLasts(instanceChunks(instance)));
  else if (out.endsWith('.csv')) await writeFileAtomically(out, whileTimeLasts(csvChunks(instance)));
  else if (out.endsWith('.npz')) await writeFileAtomically(out, [instanceNpz(instance)]);
  else throw new InputError(`--out ${out}: expected a name that ends in .json, .csv or .npz`);
  if (json) {
    printJson({
      command: 'generate',
      kind,
      status: 'complete',
      name: instance.name,
      file: out,
      points: instance.labels.length,
      dimension: instance.inputs.length,
      known: instance.known,
      seconds: (performance.now() - start) / 1000,
    });
  } else notice({ quiet }, `${instance.name}: ${instance.labels.length} points written to ${out}`);
  return EXIT.ok;
}

/** The same complaint about an option, naming its flag. */
function namingFlag(error: InputError): InputError {
  const { field } = error.place;
  const isOption = field !== undefined && (field in GENERATE_DEFAULTS || field === 'formula');
  return isOption ? error.at({ field: `--${field}` }) : error;
}
