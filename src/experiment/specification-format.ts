import { Rational } from '../exact/rational.js';
import {
  describeJson,
  isJsonNumber,
  type JsonObject,
  type JsonValue,
  numberText,
  parseJson,
  requireArray,
  requireFormat,
  requireKeys,
  requireObject,
  requireRational,
} from '../files/json.js';
import { checkKind, completeOptions, type GenerateOptions, OPTIONS_OF } from '../generate/options.js';
import { entryOf, InputError, memberOf, type Place } from '../problem/input-error.js';
import { exactText } from '../text/format.js';
import { METHODS } from '../train/options.js';
import {
  type Architecture,
  checkSpecification,
  type DataSource,
  type GeneratorSource,
  SPECIFICATION_DEFAULTS,
  type Specification,
  type SpecificationSettings,
} from './specification.js';

export const SPECIFICATION_FORMAT = { format: 'sparsest-comparison', version: 1 } as const;

/** Fields that `compare` adds when it writes the specification beside its results; read, but not part of it. */
const ADDED = ['sha256', 'writtenBy', 'shard'];

const ARCHITECTURES: readonly Architecture[] = ['default', 'affine', 'bias', 'none'];

const MOST_SEEDS = 100_000;

type SettingName = keyof SpecificationSettings;

/** How each setting is read. */
const READERS: { readonly [N in SettingName]: (value: JsonValue, where: Place) => Specification[N] } = {
  p: (value, where) =>
    list(value, where, (item, at) => {
      const p = requireRational(item, at);
      if (p.sign() > 0 && p.compare(Rational.one) <= 0) return exactText(p);
      throw new InputError(`expected an exponent 0 < p <= 1, found ${p}`, at);
    }),
  methods: (value, where) => list(value, where, (item, at) => oneOf(item, at, METHODS)),
  architectures: (value, where) => list(value, where, (item, at) => oneOf(item, at, ARCHITECTURES), 1),
  tolerances: (value, where) =>
    list(
      value,
      where,
      (item, at) => {
        const tolerance = requireRational(item, at);
        if (tolerance.sign() >= 0) return exactText(tolerance);
        throw new InputError(`expected a number that is at least 0, found ${tolerance}`, at);
      },
      1,
    ),
  seeds: (value, where) => {
    if (isJsonNumber(value)) {
      const count = whole(value, where, 0, MOST_SEEDS);
      return Array.from({ length: count }, (_, seed) => seed);
    }
    return list(value, where, (item, at) => whole(item, at, 0));
  },
  epochs: (value, where) => whole(value, where, 0),
  width: (value, where) => whole(value, where, 1),
  learningRate: (value, where) => double(value, where, (x) => x > 0, 'a positive number'),
  lambda: (value, where) => double(value, where, (x) => x >= 0, 'a number that is at least 0'),
  lambdaFrom: (value, where) => double(value, where, (x) => x >= 0, 'a number that is at least 0'),
  prune: (value, where) => flag(value, where) ?? false,
  threshold: (value, where) => double(value, where, (x) => x >= 0, 'a number that is at least 0'),
  every: (value, where) => whole(value, where, 0),
  timeLimit: (value, where) => double(value, where, (x) => x > 0, 'a positive number of seconds'),
};

const SETTINGS = Object.keys(READERS) as SettingName[];

/**
 * Reads a specification; fields that are left out take their defaults.
 *
 * @param source name of the file, for messages
 * @throws InputError naming the file and the field
 */
export function parseSpecification(text: string, source: string): Specification {
  const json = requireObject(parseJson(text, source), source);
  requireFormat(json, SPECIFICATION_FORMAT, source);
  requireKeys(json, ['format', 'version', 'data', ...SETTINGS, ...ADDED], source);
  return read(json, { source });
}

/** Settings as a file has them: exact numbers as numbers or texts, a number of seeds or a list. */
export type GivenSettings = { readonly [N in SettingName]?: unknown };

/** A data set as a file has it: a path, a file with options, or a generator, perhaps with many seeds. */
export type GivenSource = string | DataSource | (GeneratorSource & { readonly seeds: number | number[] });

/**
 * A specification from data sets and settings given in a program or on the command line, checked as a file is.
 * @throws InputError naming the field
 */
export function specification(data: readonly GivenSource[], settings: GivenSettings = {}): Specification {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const json = requireObject(parseJson(JSON.stringify({ ...given, data }), 'specification'), 'specification');
  requireKeys(json, ['data', ...SETTINGS], 'specification');
  return read(json, {});
}

/** The canonical text: every field, in a fixed order, numbers and exponents in one form. One experiment, one text. */
export function canonicalSpecification(spec: Specification): string {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, spec[name]]));
  return `${JSON.stringify({ ...SPECIFICATION_FORMAT, data: spec.data, ...settings }, null, 2)}\n`;
}

/** @param place stands in front of the name of a field in messages */
function read(json: JsonObject, place: Place): Specification {
  const sources = { ...place, field: 'data' };
  const data = requireArray(json.data, sources).flatMap((item, i) => readSources(item, entryOf(sources, i)));
  const given = SETTINGS.filter((name) => json[name] !== undefined).map((name) => [
    name,
    READERS[name](json[name]!, { ...place, field: name }),
  ]);
  const spec: Specification = { ...SPECIFICATION_DEFAULTS, ...Object.fromEntries(given), data };
  located(place, () => checkSpecification(spec));
  return spec;
}

/** A file is one data set; a generator with "seeds" is one for every seed. */
function readSources(value: JsonValue, where: Place): DataSource[] {
  if (typeof value === 'string') return [{ file: nonEmpty(value, where) }];
  const json = requireObject(value, where);
  if (json.generate === undefined) {
    requireKeys(json, ['file', 'target', 'inputs', 'header', 'float64'], where);
    const file = nonEmpty(json.file, memberOf(where, 'file'));
    const target =
      json.target === undefined ? {} : { target: nonEmpty(json.target, memberOf(where, 'target')) };
    const inputs =
      json.inputs === undefined ? {} : { inputs: list(json.inputs, memberOf(where, 'inputs'), nonEmpty, 1) };
    const header = flag(json.header, memberOf(where, 'header')) === false ? { header: false } : {};
    const float64 = flag(json.float64, memberOf(where, 'float64')) ? { float64: true } : {};
    return [{ file, ...target, ...inputs, ...header, ...float64 }];
  }
  requireKeys(json, ['generate', 'options', 'seeds'], where);
  return readGenerators(json, where);
}

function readGenerators(json: JsonObject, where: Place): DataSource[] {
  const generator = memberOf(where, 'generate');
  const kind = located(generator, () => checkKind(nonEmpty(json.generate, generator)));
  const inside = memberOf(where, 'options');
  const fields = json.options === undefined ? {} : requireObject(json.options, inside);
  requireKeys(fields as JsonObject, OPTIONS_OF[kind], inside);
  const options: Record<string, number | string> = {};
  // The order of the options of a kind, whatever the order in the file.
  for (const name of OPTIONS_OF[kind]) {
    const value = (fields as JsonObject)[name];
    if (value === undefined) continue;
    const at = memberOf(inside, name);
    if (name === 'from' || name === 'to') options[name] = exactText(requireRational(value, at));
    else if (isJsonNumber(value)) options[name] = Number(numberText(value));
    else options[name] = nonEmpty(value, at);
  }
  const seeds = json.seeds === undefined ? null : READERS.seeds(json.seeds, memberOf(where, 'seeds'));
  if (seeds !== null && (!OPTIONS_OF[kind].includes('seed') || options.seed !== undefined)) {
    throw new InputError(
      'expected a kind with a seed, and no seed in options; leave one of them out',
      memberOf(where, 'seeds'),
    );
  }
  const all = (seeds ?? [null]).map((seed) =>
    seed === null ? options : inOrder(kind, { ...options, seed }),
  );
  return all.map((complete) => {
    located(inside, () => completeOptions(kind, complete));
    return { generate: kind, options: complete as GenerateOptions };
  });
}

function inOrder(kind: keyof typeof OPTIONS_OF, options: Record<string, number | string>) {
  return Object.fromEntries(
    OPTIONS_OF[kind].filter((name) => name in options).map((name) => [name, options[name]!]),
  );
}

/** Complaints about a field of what is read here, with the place of what is read here. */
function located<T>(where: Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, within = '' } = error.place;
    if (where.field === undefined) throw error.at(where);
    throw error.at(field === undefined || field === 'kind' ? where : memberOf(where, `${field}${within}`));
  }
}

function list<T>(
  value: JsonValue,
  where: Place,
  read: (item: JsonValue, at: Place) => T,
  least = 0,
): readonly T[] {
  const items = requireArray(value, where);
  if (items.length < least) throw new InputError(`expected at least ${least} entry, found none`, where);
  return items.map((item, i) => read(item, entryOf(where, i)));
}

function oneOf<T extends string>(value: JsonValue, where: Place, allowed: readonly T[]): T {
  if (allowed.includes(value as T)) return value as T;
  throw new InputError(`expected ${allowed.join(', ')}, found ${describeJson(value)}`, where);
}

function flag(value: JsonValue | undefined, where: Place): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new InputError(`expected true or false, found ${describeJson(value)}`, where);
}

function nonEmpty(value: JsonValue | undefined, where: Place): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InputError(`expected a text, found ${describeJson(value)}`, where);
}

function whole(value: JsonValue, where: Place, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const limit = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
  throw new InputError(
    `expected a whole number that is at least ${least}${limit}, found ${describeJson(value)}`,
    where,
  );
}

function double(value: JsonValue, where: Place, accepts: (x: number) => boolean, expected: string): number {
  const x = isJsonNumber(value) ? Number(numberText(value)) : Number.NaN;
  if (Number.isFinite(x) && accepts(x)) return x;
  throw new InputError(`expected ${expected}, found ${describeJson(value)}`, where);
}
