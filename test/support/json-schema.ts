import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = { readonly [keyword: string]: Json };

/** Keywords that say nothing about whether a document is valid. */
const ANNOTATIONS = ['$schema', '$id', '$defs', 'title', 'description'];

/** Where a schema stands: its file, and the path of keys to it. */
interface Place {
  readonly file: string;
  readonly path: readonly string[];
}

interface Outcome {
  readonly errors: readonly string[];
  /** Places of the properties that the document has, in the schemas that it matched. */
  readonly met: readonly string[];
}

const VALID: Outcome = { errors: [], met: [] };

/**
 * A validator for the part of JSON Schema (draft 2020-12) that the schemas of this project use; any other keyword is an error of
 * the schema. References go to other files of the same directory and to `$defs`.
 */
export class JsonSchemas {
  readonly #files = new Map<string, Schema>();

  /** @param directory holds NAME.schema.json */
  constructor(private readonly directory: string) {}

  file(name: string): Schema {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const schema = JSON.parse(readFileSync(join(this.directory, name), 'utf8')) as Schema;
    this.#files.set(name, schema);
    return schema;
  }

  /** Everything that is wrong with a document, each with its place; and the properties of the schema that it has. */
  validate(name: string, document: unknown): Outcome {
    return this.check(this.file(name), document as Json, '$', { file: name, path: [] });
  }

  /** All properties that a schema file declares, in the form of `met`, those behind references to other files left out. */
  properties(name: string): string[] {
    const found: string[] = [];
    const walk = (value: Json, path: readonly string[]): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        const at = [...path, key];
        if (path.at(-1) === 'properties' && path.at(-2) !== 'properties')
          found.push(placeName({ file: name, path: at }));
        walk(inner, at);
      }
    };
    walk(this.file(name) as Json, []);
    return found;
  }

  private check(schema: Schema, value: Json, at: string, place: Place): Outcome {
    const outcomes = Object.entries(schema)
      .filter(([keyword]) => !ANNOTATIONS.includes(keyword))
      .map(([keyword, rule]) => this.keyword(keyword, rule, schema, value, at, place));
    return { errors: outcomes.flatMap(({ errors }) => errors), met: outcomes.flatMap(({ met }) => met) };
  }

  private keyword(
    keyword: string,
    rule: Json,
    schema: Schema,
    value: Json,
    at: string,
    place: Place,
  ): Outcome {
    const below = (...keys: string[]): Place => ({ ...place, path: [...place.path, ...keys] });
    switch (keyword) {
      case '$ref':
        return this.reference(rule as string, value, at, place);
      case 'type':
        return demand(hasType(value, rule as string), `${at}: expected ${rule}, found ${shown(value)}`);
      case 'const':
        return demand(value === rule, `${at}: expected ${shown(rule)}, found ${shown(value)}`);
      case 'enum': {
        const allowed = rule as Json[];
        return demand(
          allowed.includes(value),
          `${at}: expected one of ${shown(rule)}, found ${shown(value)}`,
        );
      }
      case 'pattern':
        return demand(
          typeof value !== 'string' || new RegExp(rule as string, 'u').test(value),
          `${at}: expected a match of ${rule}, found ${shown(value)}`,
        );
      case 'minimum':
        return demand(
          typeof value !== 'number' || value >= (rule as number),
          `${at}: expected at least ${rule}, found ${shown(value)}`,
        );
      case 'minItems':
        return demand(
          !Array.isArray(value) || value.length >= (rule as number),
          `${at}: expected at least ${rule} items`,
        );
      case 'maxItems':
        return demand(
          !Array.isArray(value) || value.length <= (rule as number),
          `${at}: expected at most ${rule} items`,
        );
      case 'items':
        return Array.isArray(value)
          ? together(value.map((item, i) => this.check(rule as Schema, item, `${at}[${i}]`, below('items'))))
          : VALID;
      case 'required': {
        const missing = isObject(value) ? (rule as string[]).filter((key) => !(key in value)) : [];
        return { errors: missing.map((key) => `${at}: the field "${key}" is missing`), met: [] };
      }
      case 'properties':
        return isObject(value) ? this.present(rule as { [key: string]: Json }, value, at, place) : VALID;
      case 'additionalProperties': {
        if (rule !== false) throw new Error(`${placeName(place)}: additionalProperties can only be false`);
        const declared = Object.keys((schema.properties ?? {}) as object);
        const extra = isObject(value) ? Object.keys(value).filter((key) => !declared.includes(key)) : [];
        return { errors: extra.map((key) => `${at}: unknown field "${key}"`), met: [] };
      }
      case 'oneOf':
      case 'anyOf': {
        const branches = (rule as Schema[]).map((branch, i) =>
          this.check(branch, value, at, below(keyword, `${i}`)),
        );
        const valid = branches.filter(({ errors }) => errors.length === 0);
        if (valid.length === 1 || (valid.length > 1 && keyword === 'anyOf')) return valid[0]!;
        if (valid.length > 1) return { errors: [`${at}: ${valid.length} branches of oneOf match`], met: [] };
        const errors = branches.flatMap(({ errors: each }, i) => each.map((text) => `branch ${i}: ${text}`));
        return { errors, met: [] };
      }
      default:
        throw new Error(`${placeName(place)}: the keyword ${keyword} is not supported`);
    }
  }

  private present(
    rules: { [key: string]: Json },
    value: { [key: string]: Json },
    at: string,
    place: Place,
  ): Outcome {
    const present = Object.keys(rules).filter((key) => key in value);
    return together(
      present.map((key) => {
        const inner = { ...place, path: [...place.path, 'properties', key] };
        const { errors, met } = this.check(rules[key] as Schema, value[key]!, `${at}.${key}`, inner);
        return { errors, met: [placeName(inner), ...met] };
      }),
    );
  }

  private reference(target: string, value: Json, at: string, place: Place): Outcome {
    const [file, pointer = ''] = target.split('#');
    const name = file === '' ? place.file : file!;
    const path = pointer.split('/').slice(1);
    let schema: Json = this.file(name) as Json;
    for (const key of path) {
      if (!isObject(schema) || !(key in schema)) throw new Error(`${placeName(place)}: nothing at ${target}`);
      schema = schema[key]!;
    }
    return this.check(schema as Schema, value, at, { file: name, path });
  }
}

function demand(condition: boolean, error: string): Outcome {
  return condition ? VALID : { errors: [error], met: [] };
}

function together(outcomes: readonly Outcome[]): Outcome {
  return { errors: outcomes.flatMap(({ errors }) => errors), met: outcomes.flatMap(({ met }) => met) };
}

function hasType(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value === type;
    default:
      throw new Error(`unknown type ${type}`);
  }
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function placeName({ file, path }: Place): string {
  return `${file}#/${path.join('/')}`;
}
