import {
  DEFAULT_JSON_OPTIONS,
  describeJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  requireRational,
} from '../files/json.js';
import { NEURON_LEAF, networkFromJson } from '../files/network-format.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import type { Certificate, Claim, Objective, Proof, WitnessProof } from './certificate.js';
import {
  array,
  count,
  digits,
  fields,
  integer,
  isInt32,
  multiplier,
  rationalText,
  sha256Text,
  signedInteger,
  truth,
  wrong,
} from './form.js';
import type { KnotValue, KnotValues } from './knot-values.js';
import type { LeastToleranceClaim, LeastToleranceStep } from './least-tolerance.js';
import type { PricesProof, Share } from './lp-minimum.js';
import type { PatternNode } from './patterns.js';
import { PIECE, type Pieces } from './pieces.js';
import { ONE_INPUT_KEYS, readOneInput } from './read-one-input.js';
import { nodeStream, readSearchProof } from './read-search-proof.js';
import {
  readLpMinimumSeveralClaim,
  readLpMinimumSeveralProof,
  readThresholdSeveralClaim,
  readThresholdSeveralProof,
} from './read-several.js';
import { readThresholdClaim, readThresholdProof, readTiles } from './read-threshold.js';
import type { KnotTreeNode, ReachableEntry } from './restricted.js';
import type { ShapeText } from './shape.js';
import type { FreeRunEntry } from './solution-set.js';
import type { DirectionEntry, DirectionProof } from './vertex.js';
import { CERTIFICATE_VERSION } from './write.js';

/**
 * Reads the JSON text of a certificate, whole or in pieces. Only the form is judged here (FORMAT.md, "Form"): every field is known, present
 * and of its type; whether it is true is for the checker.
 *
 * @param text pieces are asked for once more whenever a tree of many nodes is gone through: it is not kept
 * @param source name of the file, for messages
 * @throws InputError naming the field, what was expected and what was found
 */
export function parseCertificate(text: string | Iterable<string>, source: string): Certificate {
  const stream = nodeStream(typeof text === 'string' ? [text] : text, source);
  const json = parseJson(text, source, { ...DEFAULT_JSON_OPTIONS, leaf: NEURON_LEAF, stream });
  if (!isJsonObject(json)) throw new InputError(`${source}: expected an object, found ${describeJson(json)}`);
  if (json.format !== 'sparsest-certificate')
    throw wrong(`${source}, format`, '"sparsest-certificate"', json.format);
  const version = integer(json.version, `${source}, version`);
  if (version < 1 || version > CERTIFICATE_VERSION) {
    throw wrong(
      `${source}, version`,
      `1 to ${CERTIFICATE_VERSION}, the versions this program reads`,
      json.version,
    );
  }
  const known = version === 1 ? ['network'] : ['network', 'function', 'pieces', 'model'];
  const top = fields(json, source, ['format', 'version', 'problem', 'claim', 'proof'], known);
  return {
    problem: readIdentity(top.problem, version, source),
    claim: readClaim(top.claim, version, source),
    ...(top.network === undefined ? {} : { network: networkFromJson(top.network, `${source}, network`) }),
    ...(top.function === undefined ? {} : { function: readFunction(top.function, `${source}, function`) }),
    ...(top.pieces === undefined ? {} : { pieces: readPieces(top.pieces, `${source}, pieces`) }),
    ...(top.model === undefined ? {} : { model: networkFromJson(top.model, `${source}, model`) }),
    proof: readProof(top.proof, version, source),
  };
}

function readIdentity(value: JsonValue | undefined, version: number, source: string): Certificate['problem'] {
  const where = `${source}, problem`;
  const problem = fields(value, where, [
    'sha256',
    'tolerance',
    ...(version === 1 ? [] : ['dimension', 'points']),
  ]);
  const sha256 = sha256Text(problem.sha256, `${where}.sha256`);
  const tolerance = rationalText(problem.tolerance, `${where}.tolerance`);
  if (version === 1) return { sha256, tolerance };
  return {
    sha256,
    tolerance,
    dimension: count(problem.dimension, `${where}.dimension`),
    points: count(problem.points, `${where}.points`),
  };
}

function readFunction(value: JsonValue, where: string): KnotValues {
  return array(value, where).map((entry, j): KnotValue => {
    if (isInt32(entry) && entry >= 0) return entry;
    if (!Array.isArray(entry) || entry.length !== 2)
      throw wrong(`${where}[${j}]`, 'a point, or [x, f(x)] as two rationals', entry);
    return [requireRational(entry[0], `${where}[${j}][0]`), requireRational(entry[1], `${where}[${j}][1]`)];
  });
}

function readPieces(value: JsonValue, where: string): Pieces {
  const list = array(value, where);
  const pieces = new Int32Array(PIECE.length * list.length);
  let last = -1;
  for (let j = 0; j < list.length; j++) {
    const entry = list[j];
    const at = PIECE.length * j;
    if (isInt32(entry)) {
      // An integer i >= 0: the line through points i and i + 1, up to i + 1, from the point after the last one; -i - 1: from the last one.
      const a = entry < 0 ? -entry - 1 : entry;
      pieces[at + PIECE.a] = a;
      pieces[at + PIECE.b] = a + 1;
      pieces[at + PIECE.from] = entry < 0 ? last : last + 1;
      pieces[at + PIECE.to] = a + 1;
    } else {
      if (!Array.isArray(entry) || entry.length !== PIECE.length)
        throw wrong(`${where}[${j}]`, 'an integer or six [a, end, b, end, from, to]', entry);
      for (let k = 0; k < PIECE.length; k++) pieces[at + k] = count(entry[k], `${where}[${j}][${k}]`);
    }
    last = pieces[at + PIECE.to]!;
  }
  return pieces;
}

function readBracket(value: JsonValue, where: string): { lower: string; upper: string } {
  const { lower, upper } = fields(value, where, ['lower', 'upper']);
  return { lower: rationalText(lower, `${where}.lower`), upper: rationalText(upper, `${where}.upper`) };
}

function readClaim(value: JsonValue | undefined, version: number, source: string): Claim {
  const where = `${source}, claim`;
  if (!isJsonObject(value)) throw wrong(`${source}, claim`, 'an object', value);
  switch (value.kind) {
    case 'infeasible':
      fields(value, where, ['kind']);
      return { kind: 'infeasible' };
    case 'minimum': {
      fields(value, where, ['kind', 'objective', 'skip', 'lowerBound'], ['upperBound']);
      const { objective } = value;
      if (objective !== 'neurons' && objective !== 'parameters') {
        throw wrong(`${source}, claim.objective`, '"neurons" or "parameters"', objective);
      }
      return {
        kind: 'minimum',
        objective: objective as Objective,
        skip: skipName(value.skip, `${where}.skip`),
        lowerBound: count(value.lowerBound, `${source}, claim.lowerBound`),
        ...(value.upperBound === undefined
          ? {}
          : { upperBound: count(value.upperBound, `${source}, claim.upperBound`) }),
      };
    }
    case 'threshold':
      return readThresholdClaim(value, version, source);
    case 'lp-minimum':
      fields(value, where, ['kind', 'p', 'lower', 'upper', 'sparsest'], ['unique']);
      return {
        kind: 'lp-minimum',
        p: rationalText(value.p, `${where}.p`),
        lower: rationalText(value.lower, `${where}.lower`),
        upper: rationalText(value.upper, `${where}.upper`),
        sparsest: truth(value.sparsest, `${where}.sparsest`),
        ...(value.unique === undefined ? {} : { unique: truth(value.unique, `${where}.unique`) }),
      };
    case 'patterns':
      fields(value, where, ['kind', 'count']);
      return { kind: 'patterns', count: count(value.count, `${where}.count`) };
    case 'model': {
      fields(value, where, ['kind', 'sha256', 'distance', 'active', 'activeThreshold', 'bound'], ['cost']);
      const bound = readClaim(value.bound, version, where);
      if (bound.kind !== 'minimum' && bound.kind !== 'infeasible' && bound.kind !== 'lp-minimum')
        throw wrong(`${where}.bound.kind`, '"minimum", "infeasible" or "lp-minimum"', bound.kind);
      return {
        kind: 'model',
        sha256: sha256Text(value.sha256, `${where}.sha256`),
        distance: rationalText(value.distance, `${where}.distance`),
        active: count(value.active, `${where}.active`),
        activeThreshold: rationalText(value.activeThreshold, `${where}.activeThreshold`),
        ...(value.cost === undefined ? {} : { cost: readBracket(value.cost, `${where}.cost`) }),
        bound,
      };
    }
    case 'vertex': {
      fields(value, where, ['kind', 'sha256', 'skip', 'holds']);
      return {
        kind: 'vertex',
        sha256: sha256Text(value.sha256, `${where}.sha256`),
        skip: skipName(value.skip, `${where}.skip`),
        holds: truth(value.holds, `${where}.holds`),
      };
    }
    case 'restricted': {
      fields(value, where, ['kind', 'positions'], ['maxSlopeChange', 'valuesOn', 'lowerBound', 'upperBound']);
      const { maxSlopeChange, valuesOn, lowerBound, upperBound } = value;
      return {
        kind: 'restricted',
        positions: array(value.positions, `${where}.positions`).map((t, i) =>
          rationalText(t, `${where}.positions[${i}]`),
        ),
        ...(maxSlopeChange === undefined
          ? {}
          : { maxSlopeChange: rationalText(maxSlopeChange, `${where}.maxSlopeChange`) }),
        ...(valuesOn === undefined ? {} : { valuesOn: rationalText(valuesOn, `${where}.valuesOn`) }),
        ...(lowerBound === undefined ? {} : { lowerBound: count(lowerBound, `${where}.lowerBound`) }),
        ...(upperBound === undefined ? {} : { upperBound: count(upperBound, `${where}.upperBound`) }),
      };
    }
    case 'shape': {
      fields(value, where, ['kind', 'shape'], ['lowerBound', 'upperBound']);
      const { lowerBound, upperBound } = value;
      return {
        kind: 'shape',
        shape: readShape(value.shape, `${where}.shape`),
        ...(lowerBound === undefined ? {} : { lowerBound: count(lowerBound, `${where}.lowerBound`) }),
        ...(upperBound === undefined ? {} : { upperBound: count(upperBound, `${where}.upperBound`) }),
      };
    }
    case 'least-tolerance':
      fields(value, where, ['kind', 'curve'], ['shape']);
      return {
        kind: 'least-tolerance',
        curve: readCurve(value.curve, `${where}.curve`),
        ...(value.shape === undefined ? {} : { shape: readShape(value.shape, `${where}.shape`) }),
      };
    case 'solution-set':
      fields(value, where, ['kind', 'knots', 'functions', 'vertices']);
      return {
        kind: 'solution-set',
        knots: count(value.knots, `${where}.knots`),
        functions: digits(value.functions, `${where}.functions`),
        vertices: digits(value.vertices, `${where}.vertices`),
      };
    case 'lp-minimum-several':
      return readLpMinimumSeveralClaim(value, source);
    case 'threshold-several':
      return readThresholdSeveralClaim(value, source);
    default:
      throw wrong(
        `${source}, claim.kind`,
        '"minimum", "infeasible", "threshold", "threshold-several", "lp-minimum", "lp-minimum-several", "patterns", "solution-set", "restricted", "least-tolerance", "shape", "model" or "vertex"',
        value.kind,
      );
  }
}

function readProof(value: JsonValue | undefined, version: number, source: string): Proof {
  const where = `${source}, proof`;
  if (!isJsonObject(value)) throw wrong(`${source}, proof`, 'an object', value);
  switch (value.kind) {
    case 'witnesses':
      return readWitnesses(fields(value, where, ['kind', 'witnesses'], ['zeroNeurons']), version, source);
    case 'empty-window':
      fields(value, where, ['kind', 'point']);
      return { kind: 'empty-window', point: count(value.point, `${source}, proof.point`) };
    case 'one-input': {
      const proof = fields(value, where, ['kind', 'witnesses'], ONE_INPUT_KEYS);
      return readOneInput(proof, readWitnesses(proof, version, source).witnesses, source);
    }
    case 'search':
      return readSearchProof(value, source);
    case 'threshold':
      return readThresholdProof(value, version, source);
    case 'prices':
      return readPrices(fields(value, where, ['kind', 'shares'], ['other']), where);
    case 'direction':
      return readDirection(fields(value, where, ['kind', 'neurons'], ['skip']), where);
    case 'counting':
      fields(value, where, ['kind']);
      return { kind: 'counting' };
    case 'full-rank':
      fields(value, where, ['kind', 'prime']);
      return { kind: 'full-rank', prime: count(value.prime, `${where}.prime`) };
    case 'knot-tree': {
      const nodes = array(fields(value, where, ['kind', 'nodes']).nodes, `${where}.nodes`);
      return { kind: 'knot-tree', nodes: nodes.map((node, i) => readKnotNode(node, `${where}.nodes[${i}]`)) };
    }
    case 'reachable': {
      const levels = array(fields(value, where, ['kind', 'levels']).levels, `${where}.levels`);
      return {
        kind: 'reachable',
        levels: levels.map((level, j) =>
          array(level, `${where}.levels[${j}]`).map((entry, i) =>
            readReachable(entry, `${where}.levels[${j}][${i}]`),
          ),
        ),
      };
    }
    case 'shape-conflict': {
      const points = array(fields(value, where, ['kind', 'points']).points, `${where}.points`);
      return { kind: 'shape-conflict', points: points.map((i, k) => count(i, `${where}.points[${k}]`)) };
    }
    case 'least-tolerance': {
      const steps = array(fields(value, where, ['kind', 'steps']).steps, `${where}.steps`);
      return {
        kind: 'least-tolerance',
        steps: steps.map((step, i) => readToleranceStep(step, version, `${where}.steps[${i}]`)),
      };
    }
    case 'free-runs': {
      const runs = array(fields(value, where, ['kind', 'runs']).runs, `${where}.runs`);
      return { kind: 'free-runs', runs: runs.map((run, i) => readFreeRun(run, `${where}.runs[${i}]`)) };
    }
    case 'pattern-tree': {
      const nodes = array(fields(value, where, ['kind', 'nodes']).nodes, `${where}.nodes`);
      return {
        kind: 'pattern-tree',
        nodes: nodes.map((node, i) => readPatternNode(node, `${where}.nodes[${i}]`)),
      };
    }
    case 'lp-minimum-several':
      return readLpMinimumSeveralProof(value, source);
    case 'threshold-several':
      return readThresholdSeveralProof(value, source);
    default:
      throw wrong(
        `${source}, proof.kind`,
        '"witnesses", "empty-window", "one-input", "search", "threshold", "threshold-several", "prices", "lp-minimum-several", "pattern-tree", "free-runs", "knot-tree", "reachable", "least-tolerance", "shape-conflict", "direction", "counting" or "full-rank"',
        value.kind,
      );
  }
}

function readShape(value: JsonValue | undefined, where: string): ShapeText {
  const { minSlope, maxSlope, curvature } = fields(value, where, [], ['minSlope', 'maxSlope', 'curvature']);
  if (curvature !== undefined && curvature !== 'convex' && curvature !== 'concave')
    throw wrong(`${where}.curvature`, '"convex" or "concave"', curvature);
  return {
    ...(minSlope === undefined ? {} : { minSlope: rationalText(minSlope, `${where}.minSlope`) }),
    ...(maxSlope === undefined ? {} : { maxSlope: rationalText(maxSlope, `${where}.maxSlope`) }),
    ...(curvature === undefined ? {} : { curvature }),
  };
}

function readCurve(value: JsonValue | undefined, where: string): LeastToleranceClaim['curve'] {
  return array(value, where).map((entry, i) => {
    const { knots, tolerance, atLeast } = fields(
      entry,
      `${where}[${i}]`,
      ['knots', 'tolerance'],
      ['atLeast'],
    );
    return {
      knots: count(knots, `${where}[${i}].knots`),
      tolerance: rationalText(tolerance, `${where}[${i}].tolerance`),
      ...(atLeast === undefined ? {} : { atLeast: rationalText(atLeast, `${where}[${i}].atLeast`) }),
    };
  });
}

function readToleranceStep(value: JsonValue, version: number, where: string): LeastToleranceStep {
  const form = isJsonObject(value) && value.function !== undefined ? 'function' : 'pieces';
  const step = fields(value, where, [form], ['witnesses', 'point', 'points']);
  const line =
    form === 'pieces'
      ? { pieces: readPieces(step.pieces!, `${where}.pieces`) }
      : { function: readFunction(step.function!, `${where}.function`) };
  if (step.points !== undefined) {
    fields(value, where, [form, 'points']);
    const points = array(step.points, `${where}.points`);
    return { bound: { points: points.map((i, k) => count(i, `${where}.points[${k}]`)) }, ...line };
  }
  if (step.point === undefined) return { bound: readWitnesses(step, version, where), ...line };
  fields(value, where, [form, 'point']);
  return { bound: { point: count(step.point, `${where}.point`) }, ...line };
}

function readDirection(value: JsonObject, where: string): DirectionProof {
  const texts = (list: readonly JsonValue[], at: string) =>
    list.map((entry, i) => rationalText(entry, `${at}[${i}]`));
  const neurons = array(value.neurons, `${where}.neurons`).map((entry, j): DirectionEntry => {
    const at = `${where}.neurons[${j}]`;
    const [k, ...change] = array(entry, at);
    return [count(k, `${at}[0]`), ...texts(change, at)];
  });
  if (value.skip === undefined) return { kind: 'direction', neurons };
  return { kind: 'direction', neurons, skip: texts(array(value.skip, `${where}.skip`), `${where}.skip`) };
}

function skipName(value: JsonValue | undefined, where: string): Skip {
  if (value === 'affine' || value === 'bias' || value === 'none') return value;
  throw wrong(where, '"affine", "bias" or "none"', value);
}

function readKnotNode(value: JsonValue, where: string): KnotTreeNode {
  const [branch, ...refutations] = array(value, where);
  return {
    branch: branch === null ? null : count(branch, `${where}[0]`),
    refutations: refutations.map((refutation, r) =>
      array(refutation, `${where}[${r + 1}]`).map((entry, i) =>
        i % 2 === 1
          ? signedInteger(entry, `${where}[${r + 1}][${i}]`)
          : integer(entry, `${where}[${r + 1}][${i}]`),
      ),
    ),
  };
}

function readReachable(value: JsonValue, where: string): ReachableEntry {
  const [position, low, high, ...rest] = array(value, where);
  if (rest.length > 0) throw wrong(where, 'three entries [position, low, high]', value);
  const end = (text: JsonValue | undefined, k: number) =>
    text === null ? null : rationalText(text, `${where}[${k}]`);
  return [count(position, `${where}[0]`), end(low, 1), end(high, 2)];
}

function readFreeRun(value: JsonValue, where: string): FreeRunEntry {
  const [first, last, sign, ...rest] = array(value, where);
  if (rest.length > 0) throw wrong(where, 'three integers [first, last, sign]', value);
  return [integer(first, `${where}[0]`), integer(last, `${where}[1]`), integer(sign, `${where}[2]`)];
}

function readPatternNode(value: JsonValue, where: string): PatternNode {
  if (value === 0) return value;
  const node = array(value, where);
  if (typeof node[0] === 'string') return node.map((entry, i) => rationalText(entry, `${where}[${i}]`));
  return node.map((entry, i) =>
    i % 2 === 1 ? multiplier(entry, `${where}[${i}]`) : integer(entry, `${where}[${i}]`),
  );
}

function readPrices(value: JsonObject, where: string): PricesProof {
  const shares = array(value.shares, `${where}.shares`).map(
    (entry, i): Share => (isInt32(entry) ? entry : rationalText(entry, `${where}.shares[${i}]`)),
  );
  if (value.other === undefined) return { kind: 'prices', shares };
  return { kind: 'prices', shares, other: readTiles(value.other, `${where}.other`) };
}

function readWitnesses(value: JsonObject, version: number, source: string): WitnessProof {
  const list = array(value.witnesses, `${source}, proof.witnesses`);
  const witnesses = new Int32Array(4 * list.length);
  for (let w = 0; w < list.length; w++) {
    const entry = list[w];
    if (version > 1 && isInt32(entry) && entry !== 0) {
      // An integer i stands for [sign of i, |i| - 1, |i|, |i| + 1].
      const middle = Math.abs(entry);
      witnesses[4 * w] = Math.sign(entry);
      for (let j = 1; j < 4; j++) witnesses[4 * w + j] = middle + j - 2;
      continue;
    }
    if (!Array.isArray(entry) || entry.length !== 4) {
      throw wrong(`${source}, proof.witnesses[${w}]`, 'four integers [sign, a, b, c]', entry);
    }
    for (let j = 0; j < 4; j++) {
      const number = entry[j];
      // The name of the field is made only for a message: there may be millions.
      witnesses[4 * w + j] = isInt32(number)
        ? number
        : integer(number, `${source}, proof.witnesses[${w}][${j}]`);
    }
  }
  if (value.zeroNeurons === undefined) return { kind: 'witnesses', witnesses };
  const zeroNeurons = array(value.zeroNeurons, `${source}, proof.zeroNeurons`).map((entry, i) =>
    count(entry, `${source}, proof.zeroNeurons[${i}]`),
  );
  return { kind: 'witnesses', witnesses, zeroNeurons };
}
