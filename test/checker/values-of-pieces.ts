import type { Certificate } from '../../src/certificate/certificate.js';
import type { KnotValue, KnotValues } from '../../src/certificate/knot-values.js';
import { PIECE, type Pieces } from '../../src/certificate/pieces.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { type CaseFile, type Json, problemOf } from './case-files.js';

/** The function of a certificate by its values, whichever of the two forms it has. */
export function functionOf(
  problem: Problem,
  { pieces, function: values }: Certificate,
): KnotValues | undefined {
  return values ?? (pieces && valuesOf(problem, pieces));
}

/** The places of pieces: where neighbouring lines cross, and one point left and right of all. */
function valuesOf(problem: Problem, pieces: Pieces): KnotValues {
  const x = problem.inputs[0]!;
  const lines = Array.from({ length: pieces.length / PIECE.length }, (_, j) => {
    const [a, endOfA, b, endOfB] = pieces.subarray(PIECE.length * j) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const ya = (endOfA === 0 ? problem.lower : problem.upper).value(a);
    const yb = (endOfB === 0 ? problem.lower : problem.upper).value(b);
    const slope = a === b ? Rational.zero : yb.subtract(ya).divide(x.value(b).subtract(x.value(a)));
    return { slope, intercept: ya.subtract(slope.multiply(x.value(a))) };
  });
  const at = (j: number, position: Rational): KnotValue => [
    position,
    lines[j]!.slope.multiply(position).add(lines[j]!.intercept),
  ];
  const knots = lines.slice(1).map((line, j) => {
    const before = lines[j]!;
    const turn = line.slope.subtract(before.slope);
    // Equal lines: a change that is none, at the first point of the second one.
    const from = x.value(pieces[PIECE.length * (j + 1) + PIECE.from]!);
    return turn.isZero() ? from : before.intercept.subtract(line.intercept).divide(turn);
  });
  const ends = [x.value(0), x.value(problem.size - 1), ...knots].sort((a, b) => a.compare(b));
  return [
    at(0, ends[0]!.subtract(Rational.one)),
    ...knots.map((position, j) => at(j + 1, position)),
    at(lines.length - 1, ends.at(-1)!.add(Rational.one)),
  ];
}

/** A case with exact labels whose certificate has the function in place of its pieces: points where it has a knot on a point. */
export function asFunction(file: CaseFile): CaseFile {
  const problem = problemOf(file);
  const { pieces } = parseCertificate(JSON.stringify(file.certificate), 'case');
  const x = problem.inputs[0]!;
  const values: Json[] = valuesOf(problem, pieces!).map((place) => {
    const [at, value] = (place as Exclude<KnotValue, number>).map(String);
    const point = Array.from({ length: problem.size }, (_, i) => x.value(i).toString()).indexOf(at!);
    return point < 0 ? [at, value] : point;
  });
  if (problem.size > 1) {
    values[0] = 0;
    values[values.length - 1] = problem.size - 1;
  }
  const { format, version, problem: identity, claim, proof } = file.certificate;
  return { ...file, certificate: { format, version, problem: identity, claim, function: values, proof } };
}
