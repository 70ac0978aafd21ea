import { networkChunks } from '../files/network-format.js';
import type { Certificate, Proof, WitnessProof } from './certificate.js';
import type { Fraction, KnotValue } from './knot-values.js';
import type { PricesProof } from './lp-minimum.js';
import { PIECE, type Pieces } from './pieces.js';
import { oneInputText } from './write-one-input.js';
import { searchProofChunks } from './write-search-proof.js';

/** The version of the format that is written; FORMAT.md specifies it. A certificate that was read from version 1 is written as such. */
export const CERTIFICATE_VERSION = 2;

/** Characters of text that are collected before they are handed on. */
const CHUNK = 65_536;

/** The JSON text of a certificate in pieces, so that large ones need not stand in memory as one text. */
export function* certificateChunks(certificate: Certificate): Generator<string> {
  const version = certificate.problem.points === undefined ? 1 : CERTIFICATE_VERSION;
  yield `{"format":"sparsest-certificate","version":${version},\n`;
  yield `"problem":${JSON.stringify(certificate.problem)},\n`;
  yield `"claim":${JSON.stringify(certificate.claim)},\n`;
  if (certificate.network !== undefined) {
    yield '"network":';
    yield* networkChunks(certificate.network);
    yield ',\n';
  }
  if (certificate.function !== undefined) {
    yield '"function":';
    yield* lines(certificate.function, knotValueText);
    yield ',\n';
  }
  if (certificate.pieces !== undefined) {
    yield '"pieces":';
    yield* lines(pieceTexts(certificate.pieces), String);
    yield ',\n';
  }
  if (certificate.model !== undefined) {
    yield '"model":';
    yield* networkChunks(certificate.model);
    yield ',\n';
  }
  yield '"proof":';
  yield* proofChunks(certificate.proof, version);
  yield '}\n';
}

/**
 * Each piece as an integer where it can be one: i for the line through the points i and i + 1 that begins at the point after the last one
 * and ends at i + 1, -i - 1 for the same that begins at the last point of the piece before.
 */
function* pieceTexts(pieces: Pieces): Generator<number | string> {
  let last = -1;
  for (let at = 0; at < pieces.length; at += PIECE.length) {
    const a = pieces[at + PIECE.a]!;
    const from = pieces[at + PIECE.from]!;
    const to = pieces[at + PIECE.to]!;
    const neighbours = pieces[at + PIECE.b] === a + 1 && to === a + 1;
    const lowerEnds = pieces[at + PIECE.endOfA] === 0 && pieces[at + PIECE.endOfB] === 0;
    const follows = from === last + 1 || (from === last && at > 0);
    if (neighbours && lowerEnds && follows) yield from === last ? -a - 1 : a;
    else yield `[${pieces.subarray(at, at + PIECE.length).join(',')}]`;
    last = to;
  }
}

function* proofChunks(proof: Proof, version: number): Generator<string> {
  if (proof.kind === 'witnesses') yield* witnessChunks(proof, version);
  else if (proof.kind === 'one-input') {
    yield `{"kind":"one-input",${oneInputText(proof)}`;
    yield* witnessListChunks(proof.witnesses, version);
  } else if (proof.kind === 'search') yield* searchProofChunks(proof);
  else if (proof.kind === 'prices') yield* priceChunks(proof);
  else if (proof.kind === 'knot-tree') {
    yield '{"kind":"knot-tree","nodes":';
    yield* lines(proof.nodes, ({ branch, refutations }) => JSON.stringify([branch, ...refutations]));
    yield '}';
  } else if (proof.kind === 'reachable') {
    yield '{"kind":"reachable","levels":[';
    for (const [j, level] of proof.levels.entries()) {
      yield j === 0 ? '\n' : ',\n';
      yield* lines(level, (entry) => JSON.stringify(entry));
    }
    yield ']}';
  } else if (proof.kind === 'least-tolerance') {
    yield '{"kind":"least-tolerance","steps":[';
    for (const [k, { bound, pieces, function: values }] of proof.steps.entries()) {
      yield `${k === 0 ? '' : ','}\n{"${pieces === undefined ? 'function' : 'pieces'}":`;
      if (pieces !== undefined) yield* lines(pieceTexts(pieces), String);
      else yield* lines(values!, knotValueText);
      yield ',';
      if ('point' in bound) yield `"point":${bound.point}}`;
      else if ('points' in bound) yield `"points":${JSON.stringify(bound.points)}}`;
      else yield* witnessListChunks(bound.witnesses, version);
    }
    yield ']}';
  } else if (proof.kind === 'free-runs') {
    yield '{"kind":"free-runs","runs":';
    yield* lines(proof.runs, (run) => JSON.stringify(run));
    yield '}';
  } else if (proof.kind === 'pattern-tree') {
    yield '{"kind":"pattern-tree","nodes":';
    yield* lines(proof.nodes, (node) => JSON.stringify(node));
    yield '}';
  } else if (proof.kind === 'lp-minimum-several') {
    yield `{"kind":"lp-minimum-several","majorant":"${proof.majorant}","tau":"${proof.tau}","nodes":`;
    yield* lines(proof.nodes, (node) => JSON.stringify(node));
    yield '}';
  } else yield JSON.stringify(proof);
}

function* witnessChunks({ witnesses, zeroNeurons }: WitnessProof, version: number): Generator<string> {
  yield '{"kind":"witnesses",';
  if (zeroNeurons !== undefined) yield `"zeroNeurons":${JSON.stringify(zeroNeurons)},`;
  yield* witnessListChunks(witnesses, version);
}

/** The list with the end of the object around it. */
function* witnessListChunks(witnesses: Int32Array, version: number): Generator<string> {
  yield '"witnesses":';
  yield* lines(everyFourth(witnesses.length), (w) => witnessText(witnesses, w, version));
  yield '}';
}

function* priceChunks({ shares, other }: PricesProof): Generator<string> {
  yield '{"kind":"prices",';
  if (other !== undefined) yield `"other":${JSON.stringify(other)},`;
  yield '"shares":';
  yield* lines(shares, (share) => JSON.stringify(share));
  yield '}';
}

function* everyFourth(end: number): Generator<number> {
  for (let w = 0; w < end; w += 4) yield w;
}

/** Witness [sign, i - 1, i, i + 1] is sign * i from version 2 on. */
function witnessText(witnesses: Int32Array, w: number, version: number): string {
  const sign = witnesses[w]!;
  const a = witnesses[w + 1]!;
  const b = witnesses[w + 2]!;
  const c = witnesses[w + 3]!;
  const neighbours = version > 1 && (sign === 1 || sign === -1) && b >= 1 && a === b - 1 && c === b + 1;
  return neighbours ? String(sign * b) : `[${sign},${a},${b},${c}]`;
}

function knotValueText(entry: KnotValue): string {
  return typeof entry === 'number'
    ? String(entry)
    : `["${fractionText(entry[0])}","${fractionText(entry[1])}"]`;
}

function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

/** A list with one entry a line. */
function* lines<T>(entries: Iterable<T>, textOf: (entry: T) => string): Generator<string> {
  let text = '[';
  let separator = '\n';
  for (const entry of entries) {
    text += separator + textOf(entry);
    separator = ',\n';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}
