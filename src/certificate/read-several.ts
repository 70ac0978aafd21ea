import { describeJson, type JsonValue } from '../files/json.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import { array, fields, rationalText, textOf, wrong } from './form.js';
import type {
  LpMinimumSeveralClaim,
  LpMinimumSeveralProof,
  LpNode,
  PatternTree,
} from './lp-minimum-several.js';
import type { ThresholdSeveralClaim, ThresholdSeveralProof } from './threshold-several.js';

/**
 * Reads the JSON value of a claim. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readLpMinimumSeveralClaim(value: JsonValue, source: string): LpMinimumSeveralClaim {
  const where = `${source}, claim`;
  const claim = fields(value, where, ['kind', 'p', 'skip', 'lowerBound', 'upperBound']);
  return {
    kind: 'lp-minimum-several',
    p: rationalText(claim.p, `${where}.p`),
    skip: skipOf(claim.skip, where),
    lowerBound: rationalText(claim.lowerBound, `${where}.lowerBound`),
    upperBound: rationalText(claim.upperBound, `${where}.upperBound`),
  };
}

/**
 * Reads the JSON value of a proof. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readLpMinimumSeveralProof(value: JsonValue, source: string): LpMinimumSeveralProof {
  const where = `${source}, proof`;
  const proof = fields(value, where, ['kind', 'majorant', 'tau', 'nodes']);
  const majorant = textOf(proof.majorant, `${where}.majorant`);
  if (majorant !== 'rays' && majorant !== 'patterns') {
    throw wrong(`${where}.majorant`, '"rays" or "patterns"', proof.majorant);
  }
  return {
    kind: 'lp-minimum-several',
    majorant,
    tau: rationalText(proof.tau, `${where}.tau`),
    nodes: array(proof.nodes, `${where}.nodes`).map((node, i) => readNode(node, `${where}.nodes[${i}]`)),
  };
}

const DIGITS = /^-?[1-9][0-9]*$/;

function readNode(value: JsonValue, where: string): LpNode {
  return array(value, where).map((entry, i) => {
    if (typeof entry === 'number') return entry;
    if (typeof entry === 'string' && DIGITS.test(entry)) return entry;
    if (typeof entry === 'object' && entry !== null) return readPatternTree(entry, `${where}[${i}]`);
    throw new InputError(
      `${where}[${i}]: expected an integer, as a number below 10^15 or as text, found ${describeJson(entry)}`,
    );
  });
}

function readPatternTree(value: JsonValue, where: string): PatternTree {
  const tree = fields(value, where, ['order', 'leaves']);
  const integers = (list: JsonValue | undefined, place: string): number[] =>
    array(list, place).map((entry, i) => {
      if (typeof entry !== 'number') throw wrong(`${place}[${i}]`, 'an integer below 10^15', entry);
      return entry;
    });
  return {
    order: integers(tree.order, `${where}.order`),
    leaves: array(tree.leaves, `${where}.leaves`).map((leaf, i) => integers(leaf, `${where}.leaves[${i}]`)),
  };
}

function skipOf(value: JsonValue | undefined, where: string): Skip {
  if (value === 'affine' || value === 'bias' || value === 'none') return value;
  throw wrong(`${where}.skip`, '"affine", "bias" or "none"', value);
}

/** Reads the JSON value of a claim about p*. Only its form is judged. */
export function readThresholdSeveralClaim(value: JsonValue, source: string): ThresholdSeveralClaim {
  const where = `${source}, claim`;
  const claim = fields(value, where, ['kind', 'skip', 'lower', 'upper']);
  return {
    kind: 'threshold-several',
    skip: skipOf(claim.skip, where),
    lower: rationalText(claim.lower, `${where}.lower`),
    upper: rationalText(claim.upper, `${where}.upper`),
  };
}

/** Reads the JSON value of its proof. Only its form is judged. */
export function readThresholdSeveralProof(value: JsonValue, source: string): ThresholdSeveralProof {
  const where = `${source}, proof`;
  const { breakpoints } = fields(value, where, ['kind', 'breakpoints']);
  return {
    kind: 'threshold-several',
    breakpoints: array(breakpoints, `${where}.breakpoints`).map((entry, i) =>
      rationalText(entry, `${where}.breakpoints[${i}]`),
    ),
  };
}
