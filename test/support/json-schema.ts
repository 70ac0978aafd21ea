import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = { readonly [keyword: string]: Json };

interface Outcome {
  /** What is wrong, each with its place in the document; empty for a valid document. */
  readonly errors: readonly string[];
  /** Places of the properties that the document has, in the schemas that it matched, as FILE#/path. */
  readonly met: readonly string[];
}

/**
 * The JSON schemas of a directory, validated by ajv in strict mode (an unknown keyword is an error of the schema). Beside the
 * verdict it tells which of the declared properties a document has, so that a test can demand that each has been seen.
 */
export class JsonSchemas {
  readonly #files = new Map<string, Schema>();
  readonly #ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });

  /** @param directory holds NAME.schema.json, each with its file name as `$id` */
  constructor(directory: string) {
    for (const name of readdirSync(directory)) {
      const schema = JSON.parse(readFileSync(join(directory, name), 'utf8')) as Schema;
      this.#files.set(name, schema);
      this.#ajv.addSchema(schema, name);
    }
  }

  file(name: string): Schema {
    const schema = this.#files.get(name);
    if (schema === undefined) throw new Error(`no schema ${name}`);
    return schema;
  }

  /** Everything that is wrong with a document, each with its place; and the properties of the schema that it has. */
  validate(name: string, document: unknown): Outcome {
    if (!this.#ajv.validate(name, document)) {
      const errors = (this.#ajv.errors ?? []).map(({ instancePath, message, params }) =>
        [instancePath || '/', message, ...Object.values(params)].join(' '),
      );
      return { errors, met: [] };
    }
    return { errors: [], met: this.met(`${name}#`, document as Json) };
  }

  /** All properties that a schema file declares, in the form of `met`, those behind references to other files left out. */
  properties(name: string): string[] {
    const found: string[] = [];
    const walk = (value: Json, place: string, inProperties: boolean): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (inProperties) found.push(`${place}/${key}`);
        walk(inner, `${place}/${key}`, key === 'properties' && !inProperties);
      }
    };
    walk(this.file(name) as Json, `${name}#`, false);
    return found;
  }

  /** The properties of a valid document; of alternatives, those of the first that it matches. */
  private met(place: string, value: Json): string[] {
    const schema = this.at(place);
    const found: string[] = [];
    const { $ref, properties, items } = schema;
    if (typeof $ref === 'string') {
      const [file, pointer] = $ref.split('#');
      found.push(...this.met(`${file || place.split('#')[0]}#${pointer ?? ''}`, value));
    }
    for (const keyword of ['oneOf', 'anyOf']) {
      const branches = (schema[keyword] ?? []) as Json[];
      const match = branches.findIndex((_, i) => this.#ajv.validate(`${place}/${keyword}/${i}`, value));
      if (match >= 0) found.push(...this.met(`${place}/${keyword}/${match}`, value));
    }
    if (isObject(value)) {
      for (const key of Object.keys((properties ?? {}) as object)) {
        if (!(key in value)) continue;
        const inner = `${place}/properties/${key}`;
        found.push(inner, ...this.met(inner, value[key]!));
      }
    }
    if (Array.isArray(value) && items !== undefined) {
      for (const item of value) found.push(...this.met(`${place}/items`, item));
    }
    return found;
  }

  private at(place: string): Schema {
    const [file, pointer = ''] = place.split('#');
    let schema: Json = this.file(file!) as Json;
    for (const key of pointer.split('/').slice(1)) schema = (schema as { [key: string]: Json })[key]!;
    return schema as Schema;
  }
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
