import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { FILES } from '../experiment/results-directory.js';
import { MOST_SHARDS } from '../experiment/shard.js';
import { canonicalSpecification, parseSpecification } from '../experiment/specification-format.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { type Submission, submitJson, submitPage } from '../pages/submit-page.js';
import { InputError } from '../problem/input-error.js';
import { INDEX, type TaskArray } from '../schedulers/array.js';
import { jobManifest } from '../schedulers/kubernetes.js';
import { arrayScript, joinScript } from '../schedulers/slurm.js';
import { shellLine } from '../text/command-line.js';
import {
  type CommonOptions,
  choice,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  runCommand,
  wholeNumber,
  withCommonOptions,
} from './common.js';

interface Options extends CommonOptions {
  readonly engine: Submission['engine'];
  readonly shards: number;
  readonly out: string;
  readonly cpus: number;
  readonly parallel: number;
  readonly partition?: string;
  readonly time?: string;
  readonly memory?: string;
  readonly image?: string;
  readonly claim?: string;
  readonly dryRun?: boolean;
}

/** Names in the folder of a submission. */
const PLACES = {
  scripts: { array: 'array.sh', join: 'join.sh', manifest: 'job.yaml' },
  logs: 'logs',
  shards: 'shards',
  merged: 'merged',
};

/** `submit SPEC`: an experiment of `compare` in shards, on a scheduler or on this machine. */
export function submitCommand(): Command {
  const command = new Command('submit')
    .description('Run an experiment of `compare` in shards: on Slurm, on Kubernetes, or in processes here.')
    .argument('<spec>', 'the experiment (docs/compare-spec.md)')
    .addOption(
      choice('--engine <name>', 'who runs the shards', ['slurm', 'local', 'k8s']).makeOptionMandatory(),
    )
    .option('--shards <n>', 'parts of the experiment', wholeNumber(1, MOST_SHARDS), 16)
    .option('--out <dir>', 'folder for scripts, logs, shards and the merged results', 'compare-results')
    .option('--cpus <n>', 'cores, and threads, of one shard', wholeNumber(1, 1024), 1)
    .option(
      '--parallel <n>',
      'shards at work at the same time, local and k8s (default: one per core)',
      wholeNumber(1, MOST_SHARDS),
      availableParallelism(),
    )
    .option('--partition <name>', 'partition of Slurm', singleWord)
    .option('--time <limit>', 'time limit of one shard, as Slurm writes it (1:30:00)', singleWord)
    .option('--memory <size>', 'memory of one shard (4G for Slurm, 4Gi for k8s)', singleWord)
    .option('--image <name>', 'k8s: container image with sparsest in it', singleWord)
    .option('--claim <name>', 'k8s: persistent volume claim that all pods can write', singleWord)
    .option('--dry-run', 'write the scripts and submit nothing');
  return withCommonOptions(command).action((spec: string, options: Options) =>
    runCommand('submit', () => run(spec, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  refuseStrangers(options);
  const spec = parseSpecification(readText(path), path);
  const { out, shards, engine } = options;
  for (const folder of [PLACES.logs, PLACES.shards]) mkdirSync(join(out, folder), { recursive: true });
  await writeFileAtomically(join(out, FILES.spec), [canonicalSpecification(spec)]);
  const array: TaskArray = {
    name: 'sparsest',
    tasks: shards,
    task: [
      ...['compare', '--spec', join(out, FILES.spec), '--shard', `${INDEX}/${shards}`],
      ...['--out', join(out, PLACES.shards, INDEX), '--threads', `${options.cpus}`, '--quiet'],
    ],
    join: ['compare', '--merge', join(out, PLACES.shards), '--out', join(out, PLACES.merged)],
    directory: process.cwd(),
    logs: resolve(out, PLACES.logs),
    program: [process.execPath, resolve(process.argv[1]!)],
    cpus: options.cpus,
  };
  switch (engine) {
    case 'slurm':
      return onSlurm(array, options);
    case 'local':
      return here(array, options);
    case 'k8s':
      return onKubernetes(array, options);
  }
}

/** Options of another engine are mistakes. */
function refuseStrangers(options: Options): void {
  const of = {
    slurm: ['partition', 'time', 'memory'],
    local: [],
    k8s: ['memory', 'image', 'claim'],
  } as const;
  const own: readonly string[] = of[options.engine];
  for (const name of ['partition', 'time', 'memory', 'image', 'claim'] as const) {
    if (options[name] !== undefined && !own.includes(name)) {
      throw new InputError(`--${name}: means nothing to --engine ${options.engine}; leave it out`);
    }
  }
  if (options.engine !== 'k8s') return;
  if (options.image === undefined || options.claim === undefined) {
    throw new InputError('--engine k8s: expected --image and --claim, found not both; name them');
  }
  if (!options.dryRun) {
    throw new InputError(
      '--engine k8s writes a manifest and submits nothing; add --dry-run, then: kubectl apply -f',
    );
  }
}

async function onSlurm(array: TaskArray, options: Options): Promise<ExitCode> {
  const { out, partition = null, time = null, memory = null } = options;
  const slurm = { partition, time, memory };
  const { scripts } = PLACES;
  const [arrayFile, joinFile] = [join(out, scripts.array), join(out, scripts.join)];
  await writeFileAtomically(arrayFile, [arrayScript(array, slurm)]);
  await writeFileAtomically(joinFile, [joinScript(array, slurm)]);
  const shared = {
    engine: 'slurm' as const,
    shards: array.tasks,
    out,
    files: [FILES.spec, scripts.array, scripts.join],
  };
  const merge = shellLine(['sparsest', ...array.join]);
  if (options.dryRun) {
    const submit = `sbatch --dependency=afterany:$(${shellLine(['sbatch', '--parsable', arrayFile])}) ${shellLine([joinFile])}`;
    return show({ ...shared, jobs: null, next: [['submit them by hand', submit]] }, options);
  }
  const first = sbatch([arrayFile]);
  const second = sbatch([`--dependency=afterany:${first}`, joinFile]);
  return show(
    {
      ...shared,
      jobs: { array: first, join: second },
      next: [
        ['watch the queue', `squeue --jobs ${first},${second}`],
        ['read what the tasks say', `tail ${shellLine([join(out, PLACES.logs)])}/*.log`],
        ['join what is there by now', merge],
        ['stop it all', `scancel ${first} ${second}`],
      ],
    },
    options,
  );
}

/** Submits a script. @returns the number of the job. @throws InputError with what sbatch says */
function sbatch(words: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('sbatch', ['--parsable', ...words], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new InputError(
      `sbatch cannot be run (${error.message}); run this where Slurm is, or add --dry-run`,
    );
  }
  if (status !== 0)
    throw new InputError(`sbatch: ${stderr.trim()}; the scripts are written and can be submitted by hand`);
  return stdout.trim().split(';')[0]!;
}

async function onKubernetes(array: TaskArray, options: Options): Promise<ExitCode> {
  const { out, image, claim, memory = null, parallel } = options;
  const file = join(out, PLACES.scripts.manifest);
  const manifest = jobManifest(array, { image: image!, claim: claim!, memory, parallelism: parallel });
  await writeFileAtomically(file, [manifest]);
  const next: [string, string][] = [
    ['submit it', shellLine(['kubectl', 'apply', '-f', file])],
    ['when it is done', shellLine(['sparsest', ...array.join])],
  ];
  const files = [FILES.spec, PLACES.scripts.manifest];
  return show({ engine: 'k8s', shards: array.tasks, out, files, jobs: null, next }, options);
}

/** The same commands in processes of this machine, some at a time; then the command that joins. */
async function here(array: TaskArray, options: Options): Promise<ExitCode> {
  const { out, parallel } = options;
  const [program, ...main] = array.program as [string, ...string[]];
  const lines = Array.from({ length: array.tasks }, (_, i) =>
    array.task.map((word) => word.replaceAll(INDEX, `${i}`)),
  );
  if (options.dryRun) {
    const next = [...lines, array.join].map((words, i): [string, string] => [
      i < lines.length ? `shard ${i}` : 'join',
      shellLine(['sparsest', ...words]),
    ]);
    return show(
      { engine: 'local', shards: array.tasks, out, files: [FILES.spec], jobs: null, next },
      options,
    );
  }
  const waiting = lines.entries();
  const work = async (): Promise<void> => {
    for (const [i, words] of waiting) {
      const code = await finished(program, [...main, ...words]);
      notice(options, `submit: shard ${i} of ${array.tasks} ended with ${code}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, array.tasks) }, work));
  const flags = [...(options.json ? ['--json'] : []), ...(options.quiet ? ['--quiet'] : [])];
  const { status } = spawnSync(program, [...main, ...array.join, ...flags], { stdio: 'inherit' });
  return (status ?? EXIT.internal) as ExitCode;
}

/** Runs a program to its end; what it says on standard error is shown. @returns its exit code, or the signal that ended it */
function finished(program: string, words: readonly string[]): Promise<number | string> {
  return new Promise((done, fail) => {
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', fail);
    child.on('exit', (code, signal) => done(code ?? signal ?? EXIT.internal));
  });
}

function show(submission: Submission, { json }: Options): ExitCode {
  if (json) printJson(submitJson(submission));
  else process.stdout.write(submitPage(submission));
  return EXIT.ok;
}

/** Option value: what goes into a script as it is. */
function singleWord(text: string): string {
  if (/^[\w.:/@+-]+$/.test(text)) return text;
  throw new InvalidArgumentError(`expected letters, digits and . : / @ + -, found ${JSON.stringify(text)}`);
}
