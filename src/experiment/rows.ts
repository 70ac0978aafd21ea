import type { Objective } from '../certificate/certificate.js';
import type { DecimalEnclosure } from '../exact/enclosure.js';
import type { DataColumns } from '../problem/dataset.js';
import type { Skip } from '../problem/network.js';
import type { Method } from '../train/options.js';

/**
 * A line of results.jsonl: one JSON object. Exact numbers are texts, "p/q" or the decimal ("0.4" means 2/5); JSON numbers are
 * counts or doubles, and each field says which. Everything but `timing` depends on the specification and the data alone, not on
 * the number of threads or the order of the work (a truth that a time limit ended is the one exception: its row says 'bracket').
 *
 * When a key occurs twice, the later line counts: a row that failed was tried again.
 */
export type Row = DoneRow | FailedRow;

export type DoneRow =
  | DataRow
  | TruthRow
  | MinimizerRow
  | PathNormRow
  | ThresholdRow
  | TheoryRow
  | TrainingRow;

export type RowKind = DoneRow['kind'];

/** The kinds in the order in which they are planned and reported. */
export const ROW_KINDS = [
  'data',
  'truth',
  'minimizer',
  'path-norm',
  'threshold',
  'theory',
  'training',
] as const satisfies RowKind[];

/** What every row has. */
export interface RowBase {
  readonly kind: RowKind;
  /** Identity of the row: unique among all rows, the same in every run of one specification. */
  readonly key: string;
  /** The data set: its file as written in the specification, or the generator with its options ("walk points=9 seed=3"). */
  readonly data: string;
  /** A command line that computes this again, to be run where `compare` was run. */
  readonly command: string;
  /** Wall-clock times in seconds, doubles: the only fields that differ from run to run. */
  readonly timing: { readonly seconds: number };
}

/** What both sides of a comparison share: same question, same rules. */
export interface Question {
  /** The architecture: affine part of the networks that are compared. */
  readonly skip: Skip;
  /** Networks may miss a label by this much; exact text, "0" for interpolation. */
  readonly tolerance: string;
}

/** One data set, as read. */
export interface DataRow extends RowBase {
  readonly kind: 'data';
  readonly status: 'done';
  /** SHA-256 of the canonical labelled data (the problem with tolerance 0, or the windows of the file), 64 hex digits; of the rows in
   * file order when equal inputs carry different labels and no such problem exists. */
  readonly sha256: string;
  /** Rows of the file, and inputs per row. */
  readonly points: number;
  readonly dimension: number;
  /** Which column of the file is what; absent in results that an earlier version began. */
  readonly columns?: DataColumns;
  /** What is not done with these data and why (own windows, contradicting labels); absent when everything is. */
  readonly note?: string;
  /** The data for pictures, one input and at most `PLOT_POINTS` rows: doubles, in the order of the file. Windows have their middle. */
  readonly plot?: Polyline;
}

/** The exact minimum for one data set, architecture and tolerance. */
export interface TruthRow extends RowBase, Question {
  readonly kind: 'truth';
  readonly status: 'done';
  /** What is counted: neurons for one input, parameters (eq. (9), bias counted) for several: the l^0 side of the l^p path norm. */
  readonly objective: Objective;
  /** SHA-256 of the problem that was solved, 64 hex digits. */
  readonly sha256: string;
  /** 'optimal': the bounds meet. 'bracket': they do not: a search came to a limit, or the closed form leaves a gap. 'infeasible': no function at all fits. */
  readonly result: 'optimal' | 'bracket' | 'infeasible';
  /** Proved bounds on the fewest `objective`; absent when infeasible. */
  readonly lowerBound?: number;
  readonly upperBound?: number;
  /** The method of the proof, in words. */
  readonly provedBy: string;
  /** A bracket with one input: why it is open. */
  readonly open?: string;
  /** Certificate for `sparsest check`, path relative to the directory of the results. */
  readonly certificate: string;
  /** Size of the network of the upper bound: neurons and parameters; absent when infeasible. */
  readonly network?: { readonly neurons: number; readonly parameters: number };
  /** One input: the function of that network for pictures, doubles. */
  readonly plot?: Polyline;
}

/** The exact l^p minimiser: one input, skip affine, tolerance 0 (the setting of Theorem 3.1). */
export interface MinimizerRow extends RowBase, Question {
  readonly kind: 'minimizer';
  readonly status: 'done';
  readonly skip: 'affine';
  readonly tolerance: '0';
  /** Exponent, exact text, 0 < p <= 1. */
  readonly p: string;
  /** The least sum |v_k w_k|^p, eq. (2): decimals rounded outward, proved. */
  readonly cost: DecimalEnclosure;
  /** Knots of the minimiser, and the fewest knots of any interpolant. */
  readonly knotCount: number;
  readonly fewestKnots: number;
  /** knotCount = fewestKnots. At p = 1 the minimisers are many and a sparsest one is reported. */
  readonly sparsest: boolean;
  /** No other interpolant has this cost. */
  readonly unique: boolean | 'undecided';
  /** The knots from left to right, exact; absent when there are more than `KNOTS_KEPT`. */
  readonly knots?: readonly { readonly at: string; readonly slopeChange: string }[];
  /** For pictures, doubles. */
  readonly plot?: Polyline;
}

/** The least l^p path norm with several inputs, equation (8), by branch and bound. */
export interface PathNormRow extends RowBase, Question {
  readonly kind: 'path-norm';
  readonly status: 'done';
  /** Exponent, exact text, 0 < p <= 1. */
  readonly p: string;
  /** 'optimal': the bounds meet to a relative gap of 1e-6 (p = 1: exactly, where the rays are enumerated). 'bracket': a limit came first.
   * 'infeasible': no network fits. */
  readonly result: 'optimal' | 'bracket' | 'infeasible';
  /** Proved bounds of the least cost: decimals rounded outward, and exact texts "p/q". Absent when infeasible, as all that follows. */
  readonly cost?: DecimalEnclosure;
  readonly lower?: string;
  readonly upper?: string;
  /** Size of the network of the upper bound. */
  readonly network?: { readonly neurons: number; readonly parameters: number };
  /** Its terms of the cost that are not 0: parameters, with one input neurons with a slope. Absent in rows of earlier versions. */
  readonly terms?: number;
  /** Proved bounds on the fewest parameters (one input: neurons) of the same question; null when that row failed. */
  readonly fewest?: { readonly lowerBound: number; readonly upperBound: number } | null;
  /** The network of the upper bound has the fewest of them. */
  readonly sparsest?: boolean | 'undecided';
  /** Certificate for `sparsest check`, path relative to the directory of the results. */
  readonly certificate?: string;
}

/** The threshold p*: for every 0 < p < p* each l^p minimiser is sparsest. One input, skip affine, tolerance 0. */
export interface ThresholdRow extends RowBase, Question {
  readonly kind: 'threshold';
  readonly status: 'done';
  readonly skip: 'affine';
  readonly tolerance: '0';
  /** Decimals rounded outward, proved. */
  readonly pStar: DecimalEnclosure;
  /** 'undecided': the enclosure could not be made as narrow as asked. */
  readonly result: 'closed' | 'undecided';
  /** The ends of the enclosure as exact texts "p/q". */
  readonly lower: string;
  readonly upper: string;
  /** Certificate for `sparsest check`, path relative to the directory of the results. */
  readonly certificate: string;
  /**
   * Cost against p, doubles, for pictures: `minimum` is the least l^p cost, `sparsest` the cost of the sparsest function that is the
   * limit of the minimisers as p -> 0+, `knots` the knots of the minimiser. All of one length. Absent for more than `KNOTS_KEPT` knots.
   */
  readonly curve?: {
    readonly p: readonly number[];
    readonly minimum: readonly number[];
    readonly sparsest: readonly number[];
    readonly knots: readonly number[];
  };
}

/**
 * - `theorem-3.1` (per p < 1): the minimiser lies in S and no vertex of S is cheaper; some sparsest function lies in S;
 * - `corollary-3.1.1`: the sparsest function, and the minimiser at every p of the grid, have at most N - 2 knots;
 * - `corollary-3.1.2` (per p): its l^1 path norm is sum |s_{i+1} - s_i|, its Lipschitz constant at most max |s_i|;
 * - `theorem-3.2-below`: p* > 0, and the minimiser is sparsest at every p of the grid below p* and just below p*;
 * - `theorem-3.2-above`: just above p* the minimiser is not sparsest (does not apply when p* = 1);
 * - `theorem-4.1-below` (several inputs): p* > 0, and every proved minimiser at a p of the grid below p* has the fewest parameters;
 * - `proposition-4.1-neurons` (several inputs): a sparsest network has at most N active neurons;
 * - the fewest parameters in `proposition-4.1-two-each`, `proposition-4.1-full-neurons`, `proposition-4.1-general-position` (several inputs): they are at most
 *   2N, N (d + 1) and 4 (d + 1) ceil(N / d);
 * - `proposition-4.1` (several inputs): a sparsest network is no larger than the bounds that hold whatever the width;
 * - `generic-bound` (several inputs): the parameters that almost every label vector needs (a statement about almost all
 *   labels, so data below it are called special, they do not contradict it).
 */
export const CLAIMS = [
  'theorem-3.1',
  'corollary-3.1.1',
  'corollary-3.1.2',
  'theorem-3.2-below',
  'theorem-3.2-above',
  'theorem-4.1-below',
  'proposition-4.1',
  'proposition-4.1-neurons',
  'proposition-4.1-two-each',
  'proposition-4.1-full-neurons',
  'proposition-4.1-general-position',
  'generic-bound',
] as const;

export type TheoryClaim = (typeof CLAIMS)[number];

/** One statement of the theory put to the test on one data set. */
export interface TheoryRow extends RowBase, Question {
  readonly kind: 'theory';
  readonly status: 'done';
  readonly tolerance: '0';
  readonly claim: TheoryClaim;
  /** Exponent, exact text; absent where the claim is not about one exponent. */
  readonly p?: string;
  /** 'undecided': bounds or digits did not decide it. 'not-applicable': the claim says nothing about these data; `measured` says why. */
  readonly holds: boolean | 'undecided' | 'not-applicable';
  /** The statement that was tested, in words. */
  readonly statement: string;
  /** `theorem-4.1-below`: p*, decimals rounded outward, proved; 0 to 1 where nothing is known. */
  readonly pStar?: DecimalEnclosure;
  /** What was found, and what was required, in words with their numbers. */
  readonly measured: string;
  readonly required: string;
}

/** One training run against the truth of the same architecture and tolerance. */
export interface TrainingRow extends RowBase, Question {
  readonly kind: 'training';
  readonly status: 'done';
  readonly method: Method;
  /** Exponent of the penalty, exact text (training uses the nearest double); null for the baselines, which have none. */
  readonly p: string | null;
  readonly seed: number;
  /** Epochs done. */
  readonly epochs: number;
  /** Largest |f(x_n) - y_n| after the last epoch, double. */
  readonly residual: number;
  /** Mean squared error after the last epoch, double. */
  readonly loss: number;
  /** Neurons, and products |v_k w_ki|, above the threshold of the specification after the last epoch. */
  readonly activeNeurons: number;
  readonly nonzeroProducts: number;
  /** Of the weights after the last epoch, at p (for the baselines at that of TRAINING_DEFAULTS), double. Absent in rows of earlier versions. */
  readonly pathNorm?: number;
  /**
   * With `prune`: parameters and l^p path norm, in doubles, of the exact network before and after pruning (`prune`), at p where 0 < p < 1, else
   * at 1/2.
   */
  readonly pruned?: {
    readonly before: { readonly parameters: number; readonly pathNorm: number };
    readonly after: { readonly parameters: number; readonly pathNorm: number };
  };
  /** What is held against the exact minimum: `size` is activeNeurons or nonzeroProducts. */
  readonly objective: Objective;
  readonly size: number;
  /** Proved bounds on the fewest `objective`, same architecture and tolerance; null when the truth is missing or infeasible. */
  readonly minimum: { readonly lowerBound: number; readonly upperBound: number } | null;
  /** Key of the truth row; null when that failed. */
  readonly truth: string | null;
  /** Verdict of `verify` at this tolerance: exact. */
  readonly claims: readonly VerifiedClaim[];
  /** It interpolates within the tolerance and its size is the exact minimum. The successes that are counted. */
  readonly success: boolean | 'undecided';
  /**
   * The l^p cost against its exact minimum: both sides skip affine, one input, and the same values at the data points with tolerance 0
   * (the minimum is that of the trained network's own values there, for its labels are met only within the tolerance). Null where like
   * cannot be compared with like; `note` says why.
   */
  readonly cost: CostComparison | null;
  /** Several inputs, methods with an exponent: against the proved least path norm. Absent for others, and in rows of earlier versions. */
  readonly global?: GlobalComparison;
  /** What is missing and why; absent when nothing is. */
  readonly note?: string;
  /** First epoch looked at with size <= minimum (its upper bound) and residual <= tolerance (doubles); null when there was none. */
  readonly firstSparsest: { readonly epoch: number } | null;
  /** The run for pictures, thinned; arrays of one length, the first is epoch 0, the last the end. */
  readonly history: {
    readonly epoch: readonly number[];
    readonly activeNeurons: readonly number[];
    readonly nonzeroProducts: readonly number[];
    /** Mean squared error, doubles. */
    readonly loss: readonly number[];
  };
  /** One input: knots of the trained function from left to right and its graph, doubles. */
  readonly knots?: readonly { readonly at: number; readonly slopeChange: number }[];
  readonly plot?: Polyline;
  readonly timing: {
    readonly seconds: number;
    /** Seconds of training until `firstSparsest`; null when there was none. */
    readonly toFirstSparsest: number | null;
  };
}

export interface VerifiedClaim {
  readonly claim: string;
  readonly holds: boolean | 'undecided';
  /** One sentence. */
  readonly message: string;
}

export interface CostComparison {
  /** sum |v_k w_k|^p of the trained network, and the least among all networks with its values at the data; proved decimals. */
  readonly network: DecimalEnclosure;
  readonly least: DecimalEnclosure;
  /** network / least, double; null when least is 0. */
  readonly ratio: number | null;
}

/** A cost is called the minimum when it is within this share of itself of the proved lower bound. */
export const REACHED_GAP = '0.000001';

/** A trained network, made exact on its own activation pattern, against the global minimum. */
export interface GlobalComparison {
  /** Proved bounds of the least cost, exact texts; null when its row failed or nothing fits. */
  readonly minimum: { readonly lower: string; readonly upper: string } | null;
  /** Key of that row (kind `path-norm`); null when it failed. */
  readonly row: string | null;
  /**
   * A cheap network through all labels (within the tolerance) with the activation pattern of the trained one: its cost, proved decimals, and its
   * size; null when there is none, or the pattern is too large.
   */
  readonly exact: {
    readonly cost: DecimalEnclosure;
    readonly neurons: number;
    readonly parameters: number;
  } | null;
  /**
   * That exact network costs no more than the proved lower bound but for `REACHED_GAP`. Without an exact fit it is false; 'undecided' when it lies
   * within an open bracket, or one side is missing.
   */
  readonly reached: boolean | 'undecided';
  /** Why there is no exact network, or no minimum; absent when both are there. */
  readonly note?: string;
}

/** The corners of a graph from left to right, a little beyond the data: doubles. */
export interface Polyline {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A row that could not be computed: it says why and stays out of every average. */
export interface FailedRow extends RowBase {
  readonly status: 'failed';
  readonly reason: FailureReason;
  /** One sentence. */
  readonly message: string;
  /** The fields that say what would have been computed, where they apply (see the row of that kind). */
  readonly skip?: Skip;
  readonly tolerance?: string;
  readonly p?: string | null;
  readonly method?: Method;
  readonly seed?: number;
  readonly claim?: TheoryClaim;
  readonly objective?: Objective;
}

/**
 * - 'unreadable': the data set cannot be read or made;
 * - 'diverged': the loss of a training run stopped being a finite number. Final: the same run diverges again;
 * - 'input': the question cannot be asked of these data. Final;
 * - 'crash': the worker died (out of memory, killed);
 * - 'error': anything unexpected;
 * - 'dependency': the truth this row is compared with failed.
 */
export type FailureReason = 'unreadable' | 'diverged' | 'input' | 'crash' | 'error' | 'dependency';

/** Failures that another run would meet again; all others are tried again when `compare` is started again. */
export const FINAL_FAILURES: readonly FailureReason[] = ['diverged', 'input'];

/** Points and corners kept for pictures, and knots kept in a row. */
export const PLOT_POINTS = 2000;
export const KNOTS_KEPT = 500;
