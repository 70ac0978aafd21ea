import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { type CompareProgress, type Comparison, compare } from '../experiment/compare.js';
import { estimate } from '../experiment/estimate.js';
import { merge, type OpenShard } from '../experiment/merge.js';
import { csvOfRows } from '../experiment/results-csv.js';
import { FILES, hasSpecification, readShard, readSpecification } from '../experiment/results-directory.js';
import { FINAL_FAILURES } from '../experiment/rows.js';
import { parseShard, type Shard, shardText } from '../experiment/shard.js';
import { SPECIFICATION_DEFAULTS, type Specification } from '../experiment/specification.js';
import { type GivenSettings, parseSpecification, specification } from '../experiment/specification-format.js';
import {
  type ComparisonView,
  comparisonJson,
  comparisonPage,
  estimateJson,
  estimatePage,
  summarizeTheory,
} from '../experiment-report/comparison-page.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
import { dataFile } from '../problem/question.js';
import { operand, readingOptions, shellLine } from '../text/command-line.js';
import { METHODS } from '../train/options.js';
import {
  type CommonOptions,
  type DataOptions,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { catchInterrupts } from './interrupt.js';
import { version } from './version.js';

/** The flag that sets each field of a specification. */
const FLAGS: { readonly [N in keyof GivenSettings]-?: string } = {
  p: '--p',
  methods: '--methods',
  architectures: '--skip',
  tolerances: '--tolerance',
  seeds: '--seeds',
  epochs: '--epochs',
  width: '--width',
  learningRate: '--lr',
  lambda: '--lambda',
  lambdaFrom: '--lambda-from',
  prune: '--prune',
  threshold: '--threshold',
  every: '--every',
  timeLimit: '--time-limit',
};

interface Options extends CommonOptions, DataOptions {
  readonly spec?: string;
  readonly p?: readonly string[];
  readonly methods?: readonly string[];
  readonly skip?: readonly string[];
  readonly tolerance?: readonly string[];
  readonly seeds?: number;
  readonly epochs?: number;
  readonly width?: number;
  readonly lr?: string;
  readonly lambda?: string;
  readonly lambdaFrom?: string;
  readonly prune?: boolean;
  readonly threshold?: string;
  readonly every?: number;
  readonly timeLimit?: string;
  readonly out: string;
  readonly threads: number;
  readonly dryRun?: boolean;
  readonly shard?: string;
  readonly merge?: readonly string[];
}

/** `compare DATA...`: truth, theory and training over data sets x p x seeds. */
export function compareCommand(): Command {
  const defaults = SPECIFICATION_DEFAULTS;
  const whole = wholeNumber(0);
  const command = new Command('compare')
    .description('Exact answers against trained networks: many data sets, exponents and seeds; resumable.')
    .argument('[data...]', 'data files (tables, JSON, .npz, .parquet)')
    .option(
      '--spec <file.json>',
      'the whole experiment in a file, generators included (docs/compare-spec.md)',
    )
    .option('--p <list>', `exponents, exact numbers (default: ${defaults.p.join(',')})`, list)
    .option('--methods <list>', `of ${METHODS.join(', ')} (default: all)`, list)
    .option(
      '--skip <list>',
      'architectures: affine, bias, none (default: affine for one input, none for several)',
      list,
    )
    .option(
      '--tolerance <list>',
      `a trained network may miss a label by this much, exact numbers (default: ${defaults.tolerances.join(',')})`,
      list,
    )
    .option(
      '--seeds <n>',
      `training runs of each kind, seeds 0 .. n-1; 0 trains nothing (default: ${defaults.seeds.length})`,
      whole,
    )
    .option('--epochs <n>', `full-batch steps of a training run (default: ${defaults.epochs})`, whole)
    .option('--width <k>', `neurons to start with (default: ${defaults.width})`, wholeNumber(1))
    .option('--lr <gamma>', `learning rate (default: ${defaults.learningRate})`)
    .option('--lambda <x>', `weight of the penalty; of the decay with adamw (default: ${defaults.lambda})`)
    .option('--lambda-from <x>', 'lambda begins here and falls, 0: it does not (default: 0)')
    .option('--prune', 'prune trained networks too: parameters and cost before and after')
    .option(
      '--threshold <x>',
      `a product |v w| above this counts as nonzero (default: ${defaults.threshold})`,
    )
    .option('--every <n>', 'epochs between two looks at a training run (default: some 200 looks)', whole)
    .option('--time-limit <s>', `seconds for each search (default: ${defaults.timeLimit})`)
    .option(
      '--out <dir>',
      'directory of the results; an experiment that was begun there goes on',
      'compare-results',
    )
    .option(
      '--threads <n>',
      'worker threads (default: one per core)',
      wholeNumber(1, 1024),
      availableParallelism(),
    )
    .option(
      '--shard <i/n>',
      'only part i of n (0 .. n-1), and what it needs; auto/n: i from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX',
    )
    .option('--merge <dir...>', 'join the results of shards into --out')
    .option('--dry-run', 'print the plan and an estimate of the time, and do nothing');
  return withDataOptions(withCommonOptions(command)).action((paths: string[], options: Options) =>
    runCommand('compare', () => run(paths, options)),
  );
}

async function run(paths: readonly string[], options: Options): Promise<ExitCode> {
  if (options.merge !== undefined) return runMerge(paths, options, options.merge);
  const spec = theSpecification(paths, options);
  const shard = theShard(options);
  if (options.dryRun) {
    const found = await estimate(spec, options.threads, shard);
    if (options.json) printJson(estimateJson(found, options.threads));
    else
      process.stdout.write(
        estimatePage(found, options.threads, commandLine(paths, options, threadsFlag(options))),
      );
    return EXIT.ok;
  }
  const start = performance.now();
  const result = await compareUntilStopped(spec, shard, options);
  const files =
    shard === undefined
      ? await writeSummaries(spec, result, options, commandLine(paths, options))
      : [FILES.spec, FILES.rows];
  const seconds = (performance.now() - start) / 1000;
  const goOn = shellLine(['sparsest', 'compare', '--out', options.out, ...threadsFlag(options)]);
  show({ spec, result, out: options.out, files, goOn, seconds }, options);
  if (result.status === 'interrupted') {
    notice(options, `compare: stopped; go on with\n  ${goOn}`);
  }
  return exitCode(result);
}

/** The table and the report beside complete rows. @returns the names of all files in the directory */
async function writeSummaries(
  spec: Specification,
  { status, rows, total }: Comparison,
  { out }: Options,
  command: string,
): Promise<string[]> {
  const files: string[] = [FILES.spec, FILES.rows];
  if (status !== 'complete') return files;
  await writeFileAtomically(join(out, FILES.csv), csvOfRows(rows));
  // Loaded only now: the drawing of pictures takes its time to load.
  const { writeCompareReport } = await import('./write-compare-report.js');
  const report = await writeCompareReport(out, { spec, rows, planned: total, command });
  return [...files, FILES.csv, ...report];
}

function show(view: ComparisonView, { json }: Options): void {
  if (json) printJson(comparisonJson(view));
  else process.stdout.write(comparisonPage(view));
}

/** From --shard, or from the directory of a shard that is gone on with. */
function theShard({ shard, out }: Options): Shard | undefined {
  if (shard !== undefined) return named('--shard', () => parseShard(shard, process.env));
  return hasSpecification(out) ? readShard(out) : undefined;
}

function named<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at({ field: flag }) : error;
  }
}

/** `compare --merge DIR.. --out DIR`. */
async function runMerge(
  paths: readonly string[],
  options: Options,
  directories: readonly string[],
): Promise<ExitCode> {
  const extra = [...paths, ...givenFlags(options)];
  if (options.spec !== undefined) extra.push('--spec');
  if (options.shard !== undefined) extra.push('--shard');
  if (options.dryRun) extra.push('--dry-run');
  refuseExtra(extra, 'a merge takes the experiment from the directories of its shards');
  const start = performance.now();
  const { spec, result, count, open } = await merge(directories, options.out, {
    sparsest: version(),
    node: process.versions.node,
  });
  // The line with which any run goes on: an undivided one writes the same report.
  const whole = shellLine(['sparsest', 'compare', '--out', options.out]);
  const files = await writeSummaries(spec, result, options, whole);
  const beside = besideShards(directories[0]!);
  const commands = open.map((shard) => ({ ...shard, command: rerun(shard, count, beside, options) }));
  // A folder of shards holds the one that is computed now, too.
  const computed = directories.includes(beside)
    ? []
    : open.filter(({ why }) => why === 'missing').map((shard) => placeOf(shard, count, beside));
  const again = shellLine([
    'sparsest',
    'compare',
    '--merge',
    ...directories,
    ...computed,
    '--out',
    options.out,
  ]);
  const seconds = (performance.now() - start) / 1000;
  const shards = { count, open: commands };
  show({ spec, result, out: options.out, files, goOn: again, shards, seconds }, options);
  return open.length > 0 ? EXIT.undecided : exitCode(result);
}

/** The command that computes what a shard lacks; rows that contradict are computed again in the merged directory. */
function rerun(
  { shard, directory, why }: OpenShard,
  count: number,
  beside: string,
  { out }: Options,
): string {
  if (why === 'contradicts') return shellLine(['sparsest', 'compare', '--out', out]);
  if (directory !== null) return shellLine(['sparsest', 'compare', '--out', directory]);
  const place = placeOf({ shard }, count, beside);
  const spec = join(out, FILES.spec);
  return shellLine(['sparsest', 'compare', '--spec', spec, '--shard', shardText(shard), '--out', place]);
}

/** The folder in which shards lie: that of the first one, or a folder of shards itself. */
function besideShards(directory: string): string {
  return hasSpecification(directory) ? dirname(directory) : directory;
}

/** Where a shard is computed that none of the directories holds. */
function placeOf({ shard }: Pick<OpenShard, 'shard'>, count: number, beside: string): string {
  return join(beside, `shard-${shard.index}-of-${count}`);
}

/** 1: a test of the theory fails. 3: rows are missing, a truth is a bracket, or a test is undecided. */
function exitCode({ status, rows }: Comparison): ExitCode {
  const { fail, undecided } = summarizeTheory(rows);
  if (fail > 0) return EXIT.fails;
  const open = rows.some((row) =>
    row.status === 'failed'
      ? !FINAL_FAILURES.includes(row.reason)
      : (row.kind === 'truth' || row.kind === 'path-norm') && row.result === 'bracket',
  );
  return status === 'interrupted' || undecided > 0 || open ? EXIT.undecided : EXIT.ok;
}

/** From --spec, from data files and flags, or from the directory of results that is gone on with. */
function theSpecification(paths: readonly string[], options: Options): Specification {
  const settings = settingsOf(options);
  if (options.spec === undefined && paths.length > 0) return fromFlags(paths, settings, options);
  const extra = [...paths, ...givenFlags(options)];
  if (options.spec !== undefined) {
    refuseExtra(extra, `${options.spec} describes the whole experiment`);
    return parseSpecification(readText(options.spec), options.spec);
  }
  if (!hasSpecification(options.out)) {
    throw new InputError(
      `expected data files or --spec FILE, found neither, and no experiment was begun in ${options.out}; name at least one`,
    );
  }
  refuseExtra(extra, `without data files the experiment in ${options.out} goes on as it was begun`);
  return readSpecification(options.out);
}

function settingsOf(options: Options): GivenSettings {
  return {
    p: options.p,
    methods: options.methods,
    architectures: options.skip,
    tolerances: options.tolerance,
    seeds: options.seeds,
    epochs: options.epochs,
    width: options.width,
    learningRate: number(options.lr),
    lambda: number(options.lambda),
    lambdaFrom: number(options.lambdaFrom),
    prune: options.prune,
    threshold: number(options.threshold),
    every: options.every,
    timeLimit: number(options.timeLimit),
  };
}

/** The flags that describe the experiment and were given. */
function givenFlags(options: Options): string[] {
  const settings = settingsOf(options);
  const names = Object.keys(FLAGS) as (keyof GivenSettings)[];
  return [
    ...names.filter((name) => settings[name] !== undefined).map((name) => FLAGS[name]),
    ...reading(options).filter((word) => word.startsWith('--')),
  ];
}

function refuseExtra(extra: readonly string[], why: string): void {
  if (extra.length > 0) throw new InputError(`${extra.join(', ')}: ${why}; leave it out`);
}

/** The same complaint about a field, naming its flag. */
function fromFlags(paths: readonly string[], settings: GivenSettings, options: Options): Specification {
  const { target, inputs, header, float64 } = options;
  const data = paths.map((file) => ({
    file,
    ...(target === undefined ? {} : { target }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(header === false ? { header } : {}),
    ...(float64 ? { float64 } : {}),
  }));
  try {
    return specification(data, settings);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const flag = FLAGS[error.place.field as keyof GivenSettings];
    throw flag === undefined ? error : error.at({ field: flag });
  }
}

/** Runs until the end or until SIGINT or SIGTERM. A second signal kills; no row is lost by that. */
async function compareUntilStopped(
  spec: Specification,
  shard: Shard | undefined,
  options: Options,
): Promise<Comparison> {
  const interrupt = catchInterrupts();
  const progress = await progressBar(options);
  try {
    return await compare(spec, {
      out: options.out,
      threads: options.threads,
      ownThread: true,
      signal: interrupt.signal,
      ...(shard === undefined ? {} : { shard }),
      onProgress: (state) => progress?.update(state),
      writtenBy: { sparsest: version(), node: process.versions.node },
    });
  } finally {
    interrupt.release();
    progress?.stop();
  }
}

/** A bar on standard error, only on a terminal: rows, rate and remaining time. */
async function progressBar(
  options: Options,
): Promise<{ update(progress: CompareProgress): void; stop(): void } | null> {
  if (options.quiet || !process.stderr.isTTY) return null;
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} rows, {rate} rows/s, {eta_formatted} left',
    barsize: 24,
    clearOnComplete: true,
    gracefulExit: false,
    etaBuffer: 100,
  });
  let started: number | null = null;
  return {
    update({ rows, before, total }) {
      if (started === null) {
        started = performance.now();
        bar.start(total, rows, { rate: '-' });
      }
      const seconds = (performance.now() - started) / 1000;
      bar.update(rows, { rate: seconds > 0 ? ((rows - before) / seconds).toFixed(1) : '-' });
    },
    stop: () => bar.stop(),
  };
}

/** The command line that was given, without what only says how it runs, and `more` options. */
function commandLine(paths: readonly string[], options: Options, more: readonly string[] = []): string {
  const flags: [string, string | readonly string[] | number | undefined][] = [
    ['--spec', options.spec],
    [FLAGS.p, options.p],
    [FLAGS.methods, options.methods],
    [FLAGS.architectures, options.skip],
    [FLAGS.tolerances, options.tolerance],
    [FLAGS.seeds, options.seeds],
    [FLAGS.epochs, options.epochs],
    [FLAGS.width, options.width],
    [FLAGS.learningRate, options.lr],
    [FLAGS.lambda, options.lambda],
    [FLAGS.lambdaFrom, options.lambdaFrom],
    [FLAGS.threshold, options.threshold],
    [FLAGS.every, options.every],
    [FLAGS.timeLimit, options.timeLimit],
    ['--out', options.out],
    ['--shard', options.shard],
  ];
  const given = flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
  if (options.prune === true) given.push(FLAGS.prune);
  return shellLine(['sparsest', 'compare', ...paths.map(operand), ...given, ...reading(options), ...more]);
}

/** How the data files are read, as options. */
function reading(options: DataOptions): string[] {
  return readingOptions(dataFile('', options));
}

/** The number of threads where it is not the usual one. */
function threadsFlag({ threads }: Options): string[] {
  return threads === availableParallelism() ? [] : ['--threads', `${threads}`];
}

/** Option value: a list with commas. */
function list(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** A number as a number, anything else as it is, for the specification to complain about. */
function number(text: string | undefined): number | string | undefined {
  const value = Number(text);
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? text : value;
}
