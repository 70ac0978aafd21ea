import type { GenerateOptions, Kind } from '../generate/options.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import type { ReadingOptions } from '../problem/question.js';
import { hasPenalty, type Method, type TrainingOptions } from '../train/options.js';

/** Where a data set comes from: a file, or a generator with its options. */
export type DataSource = FileSource | GeneratorSource;

/** A data file, path relative to the directory `compare` is run in, and how it is read, as for every command. */
export interface FileSource extends ReadingOptions {
  readonly file: string;
}

export interface GeneratorSource {
  readonly generate: Kind;
  readonly options: GenerateOptions;
}

/** 'default' is the architecture of the theory: affine for one input, eq. (1), none for several, eq. (7). */
export type Architecture = 'default' | Skip;

/**
 * An experiment, described completely: the same specification and data give the same rows. docs/compare-spec.md has every
 * field. Exponents and tolerances are exact texts in the form of `exactText`.
 */
export interface Specification {
  readonly data: readonly DataSource[];
  /** 0 < p <= 1. */
  readonly p: readonly string[];
  readonly methods: readonly Method[];
  readonly architectures: readonly Architecture[];
  /** Training is held against the truth at each of these; the theory is about tolerance 0. */
  readonly tolerances: readonly string[];
  /** One training run for each; none trains nothing. */
  readonly seeds: readonly number[];
  /** Of every training run: full-batch steps, neurons to start with, gamma, weight of the penalty (or decay). */
  readonly epochs: number;
  readonly width: number;
  readonly learningRate: number;
  readonly lambda: number;
  /** Where a schedule for lambda begins, see `settingsAt`; 0 for none. */
  readonly lambdaFrom: number;
  /** Trained networks are pruned, too, and both are counted. */
  readonly prune: boolean;
  /** A product |v w| above this counts as nonzero in a trained network. */
  readonly threshold: number;
  /** Epochs between two looks at a training run; 0 for some 200 looks in all. */
  readonly every: number;
  /** Seconds for each truth that has no closed form. */
  readonly timeLimit: number;
}

export type SpecificationSettings = Omit<Specification, 'data'>;

/** The paper's setting for one input, with the seeds of a first look. */
export const SPECIFICATION_DEFAULTS: SpecificationSettings = {
  p: ['0.4', '0.7', '1'],
  methods: ['reweighted', 'adam', 'adamw'],
  architectures: ['default'],
  tolerances: ['0.01'],
  seeds: Array.from({ length: 10 }, (_, seed) => seed),
  epochs: 20_000,
  width: 80,
  learningRate: 0.01,
  lambda: 0.003,
  lambdaFrom: 0,
  prune: false,
  threshold: 1e-8,
  every: 0,
  timeLimit: 60,
};

/** Most training runs of one experiment: a plan larger than this is a slip. */
const MOST_RUNS = 1_000_000;
/** Looks at a training run when `every` is 0. */
const LOOKS = 200;

/** Epochs between two looks at a training run. */
export function epochsPerLook({ every, epochs }: Pick<Specification, 'every' | 'epochs'>): number {
  return every > 0 ? every : Math.max(1, Math.ceil(epochs / LOOKS));
}

/** The name of a data set in rows and messages; the identity of its source. */
export function sourceName(source: DataSource): string {
  if ('file' in source) {
    const target = source.target === undefined ? '' : ` target=${source.target}`;
    const inputs = source.inputs === undefined ? '' : ` inputs=${source.inputs}`;
    const header = source.header === false ? ' no-header' : '';
    return `${source.file}${target}${inputs}${header}${source.float64 ? ' float64' : ''}`;
  }
  const options = Object.entries(source.options).map(([name, value]) => `${name}=${value}`);
  return [source.generate, ...options].join(' ');
}

/** What falls in the course of a training run. */
export function scheduleOf({ lambdaFrom }: Pick<Specification, 'lambdaFrom'>): Partial<TrainingOptions> {
  return lambdaFrom > 0 ? { schedule: 'lambda', lambdaFrom } : {};
}

/**
 * Checks what involves several fields; single fields are checked where they are read.
 * @throws InputError naming the field
 */
export function checkSpecification(spec: Specification): void {
  if (spec.data.length === 0) {
    throw new InputError('expected at least one data set, found none; name a file or a generator', {
      field: 'data',
    });
  }
  const runs =
    spec.data.length * spec.architectures.length * spec.seeds.length * (spec.methods.length + spec.p.length);
  if (runs > MOST_RUNS) {
    throw new InputError(
      `expected at most ${MOST_RUNS} training runs in all, found ${runs}; ask for fewer seeds or data sets`,
      { field: 'seeds' },
    );
  }
  refuseTwice('data', spec.data.map(sourceName));
  refuseTwice('p', spec.p);
  refuseTwice('methods', spec.methods);
  refuseTwice('architectures', spec.architectures);
  refuseTwice('tolerances', spec.tolerances);
  refuseTwice('seeds', spec.seeds.map(String));
  if (spec.methods.some(hasPenalty) && spec.seeds.length > 0 && !(spec.lambda > 0)) {
    throw new InputError(
      `expected a positive number for method reweighted, found ${spec.lambda}; for no penalty use method adam`,
      { field: 'lambda' },
    );
  }
}

function refuseTwice(field: string, values: readonly string[]): void {
  const first = new Map<string, number>();
  values.forEach((value, i) => {
    const before = first.get(value);
    if (before !== undefined) {
      throw new InputError(`the same as entry [${before}] ("${value}"); remove one of them`, {
        field,
        within: `[${i}]`,
      });
    }
    first.set(value, i);
  });
}

/** One difference between two specifications, as "field: found before, found now"; null when they are equal. */
export function firstDifference(before: Specification, now: Specification): string | null {
  return differenceAt('', before, now);
}

function differenceAt(path: string, before: unknown, now: unknown): string | null {
  if (Array.isArray(before) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(before.length, now.length); i++) {
      const found = differenceAt(`${path}[${i}]`, before[i], now[i]);
      if (found !== null) return found;
    }
    return null;
  }
  if (isRecord(before) && isRecord(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const found = differenceAt(path === '' ? key : `${path}.${key}`, before[key], now[key]);
      if (found !== null) return found;
    }
    return null;
  }
  return before === now ? null : `${path}: ${shown(before)} there, ${shown(now)} now`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
