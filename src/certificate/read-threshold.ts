import type { JsonObject, JsonValue } from '../files/json.js';
import { array, count, fields, rationalText, textOf, wrong } from './form.js';
import type {
  BracketText,
  ThresholdClaim,
  ThresholdProof,
  TilingName,
  UniqueClaim,
  UniqueProof,
} from './threshold.js';

/** @throws InputError naming the field */
export function readThresholdClaim(object: JsonObject, version: number, source: string): ThresholdClaim {
  const where = `${source}, claim`;
  const value = fields(object, where, ['kind', 'lower', 'upper'], version === 1 ? [] : ['unique']);
  return {
    kind: 'threshold',
    lower: rationalText(value.lower, `${where}.lower`),
    upper: rationalText(value.upper, `${where}.upper`),
    ...(value.unique === undefined ? {} : { unique: readUniqueClaim(value.unique, `${where}.unique`) }),
  };
}

function readUniqueClaim(json: JsonValue, where: string): UniqueClaim {
  const value = fields(json, where, ['below', 'upToMultisetsBelow']);
  const bracket = (name: string): BracketText => {
    const ends = fields(value[name], `${where}.${name}`, ['lower', 'upper']);
    return {
      lower: rationalText(ends.lower, `${where}.${name}.lower`),
      upper: rationalText(ends.upper, `${where}.${name}.upper`),
    };
  };
  return { below: bracket('below'), upToMultisetsBelow: bracket('upToMultisetsBelow') };
}

/** @throws InputError naming the field */
export function readThresholdProof(object: JsonObject, version: number, source: string): ThresholdProof {
  const where = `${source}, proof`;
  const newer = version === 1 ? [] : ['references', 'unitFrom', 'unique'];
  const value = fields(object, where, ['kind', 'breakpoints'], ['crossing', ...newer]);
  return {
    kind: 'threshold',
    breakpoints: rationals(value.breakpoints, `${where}.breakpoints`),
    ...(value.references === undefined
      ? {}
      : {
          references: array(value.references, `${where}.references`).map((entry, i) =>
            tilings(entry, `${where}.references[${i}]`),
          ),
        }),
    ...(value.unitFrom === undefined ? {} : { unitFrom: rationalText(value.unitFrom, `${where}.unitFrom`) }),
    ...(value.crossing === undefined ? {} : { crossing: readTiles(value.crossing, `${where}.crossing`) }),
    ...(value.unique === undefined ? {} : { unique: readUniqueProof(value.unique, `${where}.unique`) }),
  };
}

function readUniqueProof(json: JsonValue, where: string): UniqueProof {
  const value = fields(json, where, ['limits', 'breakpoints'], ['crossing', 'tie']);
  return {
    limits: tilings(value.limits, `${where}.limits`),
    breakpoints: rationals(value.breakpoints, `${where}.breakpoints`),
    ...(value.crossing === undefined ? {} : { crossing: tiling(value.crossing, `${where}.crossing`) }),
    ...(value.tie === undefined ? {} : { tie: tiling(value.tie, `${where}.tie`) }),
  };
}

function rationals(value: JsonValue | undefined, where: string): string[] {
  return array(value, where).map((entry, i) => rationalText(entry, `${where}[${i}]`));
}

function tilings(value: JsonValue | undefined, where: string): TilingName[] {
  return array(value, where).map((entry) => tiling(entry, where));
}

function tiling(value: JsonValue, where: string): TilingName {
  if (!Array.isArray(value) || value.length !== 2) throw wrong(where, 'pairs [point, offset]', value);
  return [count(value[0], `${where}, point`), count(value[1], `${where}, offset`)];
}

/** A tiling of a run by the lengths of its tiles. */
export function readTiles(
  value: JsonValue,
  where: string,
): { readonly point: number; readonly tiles: string } {
  const named = fields(value, where, ['point', 'tiles']);
  return {
    point: count(named.point, `${where}.point`),
    tiles: textOf(named.tiles, `${where}.tiles`),
  };
}
