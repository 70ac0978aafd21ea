import type { Rational } from '../exact/rational.js';
import type { Question } from '../problem/question.js';
import { commandLine } from '../text/command-line.js';
import { exactText } from '../text/format.js';
import type { ClaimName } from './options.js';

/** What is asked of a model file: the question it is held against, and the claims; null for the usual ones. */
export interface ModelQuestion extends Question {
  readonly model: {
    readonly path: string;
    /** Which tensor is what, as the user wrote it. */
    readonly map: string | null;
    /** What the data were standardised by when the model was trained, as the user wrote it. */
    readonly scaleInputs: string | null;
    readonly scaleOutput: string | null;
  };
  readonly claims: readonly ClaimName[] | null;
  readonly activeThreshold: Rational | null;
  readonly lpGap: Rational | null;
}

/** The command line of `verify` that asks this, with more options where `options` has them. */
export function verifyLine(question: ModelQuestion, options: readonly string[] = []): string {
  const { model, claims, activeThreshold, lpGap } = question;
  return commandLine(question, 'verify', {
    before: [model.path],
    options: [
      ...(model.map === null ? [] : ['--map', model.map]),
      ...(model.scaleInputs === null ? [] : ['--scale-inputs', model.scaleInputs]),
      ...(model.scaleOutput === null ? [] : ['--scale-output', model.scaleOutput]),
      ...(claims ?? []).flatMap((claim) => ['--claim', claim]),
      ...(activeThreshold === null ? [] : ['--active-threshold', exactText(activeThreshold)]),
      ...(lpGap === null ? [] : ['--lp-gap', exactText(lpGap)]),
      ...options,
    ],
  });
}
