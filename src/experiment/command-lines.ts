import { Rational } from '../exact/rational.js';
import type { Objective, Skip } from '../problem/network.js';
import { dataFile, QUESTION_DEFAULTS, type Question } from '../problem/question.js';
import { commandLine, shellLine } from '../text/command-line.js';
import { hasPenalty, type Method } from '../train/options.js';
import type { DataSource, Specification } from './specification.js';

/** The file that a generated data set is written to. */
const GENERATED = 'data.json';

/** The command lines that compute one row again, to be run in the directory where `compare` was run. */
export class CommandLines {
  /** Commands that make the data set, to stand in front. */
  private readonly before: string;
  private readonly question: Question;

  constructor(private readonly source: DataSource) {
    this.before = 'file' in source ? '' : `${generateLine(source)} && `;
    this.question = {
      ...QUESTION_DEFAULTS,
      data: 'file' in source ? dataFile(source.file, source) : dataFile(GENERATED),
    };
  }

  /** Makes or reads the data set. */
  dataset(): string {
    if (!('file' in this.source)) return generateLine(this.source);
    return commandLine(this.question, 'solve', { options: ['--json'] });
  }

  truth(objective: Objective, skip: Skip, tolerance: string, timeLimit: number): string {
    const asked = { ...this.question, objective, skip, tolerance: Rational.parse(tolerance), timeLimit };
    return this.before + commandLine(asked, 'solve');
  }

  minimizer(p: string): string {
    return this.before + commandLine({ ...this.question, p: Rational.parse(p) }, 'minimize');
  }

  pathNorm(p: string, skip: Skip, tolerance: string, timeLimit: number): string {
    const exact = { p: Rational.parse(p), tolerance: Rational.parse(tolerance) };
    return this.before + commandLine({ ...this.question, ...exact, skip, timeLimit }, 'minimize');
  }

  threshold(skip: Skip | null = null): string {
    return this.before + commandLine({ ...this.question, skip }, 'threshold');
  }

  training(
    spec: Specification,
    { method, p, skip, seed }: { method: Method; p: string | null; skip: Skip; seed: number },
    tolerance: string,
  ): string {
    const settings: (string | number)[] = [
      ...['--method', method],
      // Training uses the nearest double.
      ...(hasPenalty(method) ? ['--p', Rational.parse(p!).toNumber()] : []),
      ...(method === 'adam' ? [] : ['--lambda', spec.lambda]),
      ...(spec.lambdaFrom > 0 ? ['--schedule', 'lambda', '--lambda-from', spec.lambdaFrom] : []),
      ...['--skip', skip, '--seed', seed, '--epochs', spec.epochs, '--width', spec.width],
      ...['--lr', spec.learningRate, '--threshold', spec.threshold, '--network', 'model.json'],
    ];
    const asked = { ...this.question, skip, tolerance: Rational.parse(tolerance) };
    const train = commandLine(this.question, 'train', { options: settings.map(String) });
    const verify = commandLine(asked, 'verify', {
      before: ['model.json'],
      options: ['--active-threshold', `${spec.threshold}`],
    });
    return `${this.before}${train} && ${verify}`;
  }
}

function generateLine({ generate, options }: Extract<DataSource, { generate: unknown }>): string {
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return shellLine(['sparsest', 'generate', generate, ...given, '--out', GENERATED]);
}
