import { Command } from 'commander';
import { writeFileAtomically } from '../files/write-file.js';
import { generate } from '../generate/generate.js';
import { csvChunks, instanceChunks, instanceNpz } from '../generate/instance-file.js';
import { GENERATE_DEFAULTS, type GenerateOptions, KINDS, type Kind } from '../generate/options.js';
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

interface Options extends CommonOptions, GenerateOptions {
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
  return withCommonOptions(command).action((kind: string, options: Options) =>
    runCommand('generate', () => run(kind, options)),
  );
}

async function run(kind: string, { out, json, quiet, ...options }: Options): Promise<ExitCode> {
  const start = performance.now();
  const instance = await generate(kind as Kind, options).catch((error: unknown) => {
    throw error instanceof InputError ? namingFlag(error) : error;
  });
  if (out === undefined) {
    if (json)
      throw new InputError(
        '--json describes what was written, so it needs --out FILE; without both, the instance itself is printed',
      );
    for (const chunk of instanceChunks(instance)) process.stdout.write(chunk);
    return EXIT.ok;
  }
  if (out.endsWith('.json')) await writeFileAtomically(out, instanceChunks(instance));
  else if (out.endsWith('.csv')) await writeFileAtomically(out, csvChunks(instance));
  else if (out.endsWith('.npz')) await writeFileAtomically(out, [instanceNpz(instance)]);
  else throw new InputError(`--out ${out}: expected a name that ends in .json, .csv or .npz`);
  if (json) {
    printJson({
      command: 'generate',
      kind,
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
