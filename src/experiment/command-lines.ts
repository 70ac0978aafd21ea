import type { Objective } from '../certificate/certificate.js';
import type { Skip } from '../problem/network.js';
import type { Method } from '../train/options.js';
import type { DataSource, Specification } from './specification.js';

/** The command lines that compute one row again, to be run in the directory where `compare` was run. */
export class CommandLines {
  /** Commands that make the data set, to stand in front. */
  private readonly before: string;
  /** The data file with the options that say how it is read. */
  private readonly data: string;

  constructor(private readonly source: DataSource) {
    if ('file' in source) {
      const target = source.target === undefined ? '' : ` --target ${quoted(source.target)}`;
      this.before = '';
      this.data = `${quoted(source.file)}${target}${source.float64 ? ' --float64' : ''}`;
    } else {
      this.before = `${generateLine(source)} && `;
      this.data = 'data.json';
    }
  }

  /** Makes or reads the data set. */
  dataset(): string {
    return 'file' in this.source ? `sparsest solve ${this.data} --json` : generateLine(this.source);
  }

  truth(objective: Objective, skip: Skip, tolerance: string, timeLimit: number): string {
    const count = objective === 'parameters' ? ' --objective parameters' : '';
    return this.line(
      `solve ${this.data}${count} --skip ${skip}${toleranceFlag(tolerance)} --time-limit ${timeLimit}`,
    );
  }

  minimizer(p: string): string {
    return this.line(`minimize ${this.data} --p ${p}`);
  }

  threshold(): string {
    return this.line(`threshold ${this.data}`);
  }

  training(
    spec: Specification,
    { method, p, skip, seed }: { method: Method; p: string | null; skip: Skip; seed: number },
    tolerance: string,
  ): string {
    const penalty = method === 'reweighted' ? ` --p ${Number(p) || decimal(p!)}` : '';
    const weight = method === 'adam' ? '' : ` --lambda ${spec.lambda}`;
    const train =
      `train ${this.data} --method ${method}${penalty}${weight} --skip ${skip} --seed ${seed} --epochs ${spec.epochs} ` +
      `--width ${spec.width} --lr ${spec.learningRate} --threshold ${spec.threshold} --network model.json`;
    const verify = `verify model.json ${this.data} --skip ${skip}${toleranceFlag(tolerance)}`;
    return `${this.line(train)} && sparsest ${verify} --active-threshold ${spec.threshold}`;
  }

  private line(command: string): string {
    return `${this.before}sparsest ${command}`;
  }
}

function generateLine(source: Extract<DataSource, { generate: unknown }>): string {
  const options = Object.entries(source.options).map(([name, value]) => `--${name} ${quoted(String(value))}`);
  return ['sparsest generate', source.generate, ...options, '--out data.json'].join(' ');
}

function toleranceFlag(tolerance: string): string {
  return tolerance === '0' ? '' : ` --tolerance ${tolerance}`;
}

/** The nearest double of "p/q", which is what training uses. */
function decimal(text: string): number {
  const [numerator, denominator] = text.split('/');
  return Number(numerator) / Number(denominator);
}

/** A word for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w.,/:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
