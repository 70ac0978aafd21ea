import type { LayersRead } from '../models/layers.js';
import type { Scaling } from '../models/scaling.js';
import type { Dataset } from '../problem/dataset.js';
import type { ModelQuestion } from '../verify/model-question.js';
import type { Claim, Repair, Verification } from '../verify/verify.js';
import { dataJson } from './run.js';

/** How `verify` was run. */
export interface VerifyRun {
  /** The data set as it was read. */
  readonly dataset: Dataset;
  /** Hash of the canonical text of the problem. */
  readonly sha256: string;
  /** What was read as what; null for a network file, whose fields have names of their own. */
  readonly layers: LayersRead | null;
  /** What the data were standardised by, when that was told. */
  readonly scaling: { readonly inputs?: Scaling; readonly output?: Scaling };
  /** The repaired network and the file it was written to, when that was asked for. */
  readonly repair: { readonly network: Repair | null; readonly file: string } | null;
  /** File the certificate was written to. */
  readonly certificate: string | null;
  readonly seconds: number;
}

/** The object that `verify --json` prints; docs/json-verify.md documents every field. */
export function verifyJson(
  question: ModelQuestion,
  verification: Verification,
  run: VerifyRun,
): Record<string, unknown> {
  const { dataset, sha256, layers, scaling, repair, certificate, seconds } = run;
  const { problem } = verification;
  const { inputs, output } = scaling;
  return {
    command: 'verify',
    model: question.model.path,
    ...(layers === null ? {} : { layers }),
    ...(inputs === undefined && output === undefined
      ? {}
      : { scaling: { ...(inputs && { inputs }), ...(output && { output }) } }),
    data: dataJson({ dataset, problem, sha256 }),
    ...verificationJson(verification),
    ...(repair === null ? {} : { repair: repairJson(repair.network, repair.file) }),
    ...(certificate === null ? {} : { certificate }),
    seconds,
  };
}

/**
 * A verification as a JSON object: exact values are strings "p/q", ends of enclosures decimal strings rounded outward,
 * `approximately` a double.
 */
export function verificationJson(verification: Verification): Record<string, unknown> {
  const { holds, claims, skip, problem, activeThreshold, network, form } = verification;
  return {
    holds,
    claims: claims.map(claimJson),
    skip,
    tolerance: problem.tolerance.toString(),
    activeThreshold: activeThreshold.toString(),
    neurons: { width: network.neurons.length, active: form.active, reduced: form.reduced },
    redundant: form.redundant,
  };
}

function claimJson(claim: Claim): Record<string, unknown> {
  const { holds, message } = claim;
  switch (claim.claim) {
    case 'interpolates': {
      const { row, where, x, value, label, window } = claim.worst;
      return {
        claim: 'interpolates',
        holds,
        measured: claim.measured.toString(),
        required: claim.required.toString(),
        approximately: claim.measured.toNumber(),
        worst: {
          row,
          where,
          x: x.map(String),
          value: value.toString(),
          ...(label === null ? {} : { label: label.toString() }),
          ...(window === null ? {} : { lower: window[0].toString(), upper: window[1].toString() }),
        },
        message,
      };
    }
    case 'sparsest': {
      const { measured, required } = claim;
      return {
        claim: 'sparsest',
        holds,
        measured,
        required:
          required === null
            ? null
            : required.lowerBound === required.upperBound
              ? required.upperBound
              : { lowerBound: required.lowerBound, upperBound: required.upperBound },
        ...(required === null ? {} : { provedBy: required.provedBy }),
        checked: true,
        message,
      };
    }
    case 'lp-optimal': {
      const { measured, required, p, gap } = claim;
      return {
        claim: 'lp-optimal',
        holds,
        measured,
        required,
        p: p.toString(),
        gap: gap.toString(),
        message,
      };
    }
    case 'vertex': {
      const { measured, required, by } = claim;
      return { claim: 'vertex', holds, measured, required, ...(by === null ? {} : { by }), message };
    }
    case 'theorem-3.1': {
      const { measured, required, clauses } = claim;
      return {
        claim: 'theorem-3.1',
        holds,
        measured,
        required,
        clauses: clauses.map(({ clause, holds: kept, at, failures, message: text }) => ({
          clause,
          holds: kept,
          ...(at === null ? {} : { at: at.toString(), failures }),
          message: text,
        })),
        message,
      };
    }
  }
}

function repairJson(repair: Repair | null, file: string): Record<string, unknown> | null {
  if (repair === null) return null;
  const { kind, neurons, sparsest } = repair;
  return { file, kind, neurons, sparsest };
}
