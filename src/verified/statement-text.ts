import type { Fraction, KnotValues } from '../certificate/knot-values.js';
import type { LeastToleranceStep } from '../certificate/least-tolerance.js';
import { PIECE, type Pieces } from '../certificate/pieces.js';
import type { RefutationTree } from '../certificate/search-proof.js';
import type { Statement } from '../checker/check.js';
import type { Network } from '../problem/network.js';

/**
 * A statement in the plain text that the extracted checker reads: words between spaces and line feeds, integers and rationals in
 * decimal digits, lists after their length, "-" for what is left out. docs/trust.md has it in full.
 *
 *   sparsest-statement 1
 *   the claim
 *   what attains it: nothing, network .., function .. or pieces ..
 *   the proof: witnesses, zero, opposite, search, empty, conflict or steps
 *
 * @returns the text in pieces; null when the proofs do not cover the claim or the kind of proof
 */
export function statementText(statement: Statement): string[] | null {
  const claim = claimText(statement);
  const proof = claim === null ? null : proofText(statement);
  return claim === null || proof === null
    ? null
    : ['sparsest-statement 1\n', `${claim}\n`, ...attainedText(statement), ...proof];
}

const optional = (value: number | string | undefined): string => (value === undefined ? '-' : String(value));

function claimText({ claim, model }: Statement): string | null {
  if (model !== undefined) return null;
  switch (claim.kind) {
    case 'minimum':
      return `minimum ${claim.objective} ${claim.skip} ${claim.lowerBound} ${optional(claim.upperBound)}`;
    case 'infeasible':
      return 'infeasible';
    case 'least-tolerance':
      // Of functions of any shape, and known exactly.
      if (claim.shape !== undefined || claim.curve.some((entry) => entry.atLeast !== undefined)) return null;
      return `least-tolerance ${claim.curve.length} ${claim.curve.map((entry) => `${entry.knots} ${entry.tolerance}`).join(' ')}`;
    case 'shape': {
      const { minSlope, maxSlope, curvature } = claim.shape;
      const bounds = [claim.lowerBound, claim.upperBound];
      // A count that is not attained is none of the claims of shapes.
      if (bounds[0] !== bounds[1]) return null;
      return `shape ${optional(minSlope)} ${optional(maxSlope)} ${optional(curvature)} ${optional(bounds[0])}`;
    }
    default:
      return null;
  }
}

function attainedText({ network, function: values, pieces }: Statement): string[] {
  const forms = [network, values, pieces].filter((form) => form !== undefined);
  // Two forms are no form: the checker wants one beside an upper bound and none without.
  if (forms.length > 1) return ['pieces 0\n'];
  if (network !== undefined) return networkText(network);
  if (values !== undefined) return functionText(values);
  return pieces === undefined ? ['nothing\n'] : ['pieces ', piecesText(pieces)];
}

function networkText({ skip, neurons, inputDimension }: Network): string[] {
  const lines = neurons.map(
    ({ inputWeights, bias, outputWeight }) =>
      `${inputDimension + 2} ${[...inputWeights, bias, outputWeight].join(' ')}\n`,
  );
  const own = skip === null ? 'none' : `skip ${inputDimension + 1} ${[...skip.weights, skip.bias].join(' ')}`;
  return [`network ${own}\n${neurons.length}\n`, lines.join('')];
}

function functionText(values: KnotValues): string[] {
  const fraction = ({ numerator, denominator }: Fraction) => `${numerator}/${denominator}`;
  const places = values.map((place) =>
    typeof place === 'number' ? `point ${place}\n` : `value ${fraction(place[0])} ${fraction(place[1])}\n`,
  );
  return [`function ${values.length}\n`, places.join('')];
}

/** Lists of as many integers each, a line for each. */
function rowsText(values: Int32Array, width: number): string {
  const lines: string[] = [`${values.length / width}\n`];
  for (let i = 0; i < values.length; i += width) lines.push(`${values.subarray(i, i + width).join(' ')}\n`);
  return lines.join('');
}

const piecesText = (pieces: Pieces): string => rowsText(pieces, PIECE.length);

function proofText({ claim, proof }: Statement): string[] | null {
  switch (proof.kind) {
    case 'witnesses': {
      const { witnesses, zeroNeurons } = proof;
      if (zeroNeurons === undefined) return [`witnesses ${rowsText(witnesses, 4)}`];
      // Beside witnesses they break a rule.
      return witnesses.length === 0
        ? [`zero ${zeroNeurons.length} ${zeroNeurons.join(' ')}\n`]
        : ['zero 0\n'];
    }
    case 'one-input':
      return proof.opposite === undefined || proof.tree !== undefined || proof.witnesses.length > 0
        ? null
        : [`opposite ${proof.opposite.join(' ')}\n`];
    case 'search': {
      const skip = proof.skip ?? ('skip' in claim ? claim.skip : 'none');
      return [`search ${skip} ${proof.trees.length}\n`, ...proof.trees.map(treeText)];
    }
    case 'empty-window':
      return [`empty ${proof.point}\n`];
    case 'shape-conflict':
      return [`conflict ${proof.points.length} ${proof.points.join(' ')}\n`];
    case 'least-tolerance': {
      const steps = proof.steps.map(stepText);
      return steps.includes(null) ? null : [`steps ${steps.length}\n`, ...(steps as string[])];
    }
    default:
      return null;
  }
}

/** null: by a function, or by points that a shape does not serve. */
function stepText({ pieces, bound }: LeastToleranceStep): string | null {
  if (pieces === undefined || 'points' in bound) return null;
  const why = 'point' in bound ? `point ${bound.point}\n` : `witnesses ${rowsText(bound.witnesses, 4)}`;
  return `pieces ${piecesText(pieces)}${why}`;
}

function treeText({ plus, minus, budget, pivot, nodes }: RefutationTree): string {
  const lines: string[] = [];
  for (const node of nodes) lines.push(`${node.length} ${node.join(' ')}\n`);
  return `${plus} ${minus} ${budget ?? '-'} ${pivot} ${lines.length}\n${lines.join('')}`;
}
