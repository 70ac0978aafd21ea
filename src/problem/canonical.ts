import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { AsciiWriter } from './ascii-writer.js';
import { entryWriter } from './column-text.js';
import type { Network } from './network.js';
import type { Problem } from './problem.js';

/** Bytes of text that are collected before they are handed on. */
const CHUNK = 65_536;

const SPACE = 32;
const LINE_FEED = 10;
const DASH = 45;

/**
 * The canonical text of a problem, in ASCII, every line ended by a line feed:
 *
 *   sparsest-problem 1
 *   dimension <d>
 *   points <N>
 *   <x_1> ... <x_d> <lower> <upper>      one line per point, points in lexicographic order of their inputs
 *
 * A window without a lower (or upper) end has "-" in its place. Where the points have weights the first line is "sparsest-problem 1 weighted", and every line of a point ends with its weight; points of
 * equal inputs follow each other by lower, upper and weight, none twice.
 *
 * A number is written exactly, in lowest terms, as "p", or as "p/q" with q > 1. Two data sets have one text exactly when
 * they ask for the same windows at the same points: the order of rows, repeated rows, the file format and the way numbers
 * are written do not matter.
 *
 * @returns the text in pieces of about 64 KiB
 */
export function* canonicalBytes(problem: Problem): Generator<Uint8Array> {
  const { dimension, size, inputs, lower, upper, weights, open } = problem;
  // It grows where this is not enough; most questions are small.
  const out = new AsciiWriter(Math.min(2 * CHUNK, 128 + 32 * size * (dimension + 2)));
  out.writeText(
    `sparsest-problem 1${weights === undefined ? '' : ' weighted'}\ndimension ${dimension}\npoints ${size}\n`,
  );
  const writeInputs = inputs.map((column) => entryWriter(column, out));
  const writeLower = entryWriter(lower, out);
  const writeUpper = entryWriter(upper, out);
  const writeWeight = weights === undefined ? null : entryWriter(weights, out);
  for (let i = 0; i < size; i++) {
    for (const writeInput of writeInputs) {
      writeInput(i);
      out.writeByte(SPACE);
    }
    const start = out.length;
    if (open?.below[i]) out.writeByte(DASH);
    else writeLower(i);
    if (lower === upper) {
      out.writeByte(SPACE);
      out.repeatFrom(start);
      out.replaceLast(LINE_FEED);
    } else {
      out.writeByte(SPACE);
      if (open?.above[i]) out.writeByte(DASH);
      else writeUpper(i);
      out.writeByte(LINE_FEED);
    }
    if (writeWeight !== null) {
      out.replaceLast(SPACE);
      writeWeight(i);
      out.writeByte(LINE_FEED);
    }
    if (out.length >= CHUNK) yield out.take();
  }
  yield out.take();
}

/** The canonical text (`canonicalBytes`) as strings. */
export function* canonicalText(problem: Problem): Generator<string> {
  const decoder = new TextDecoder();
  for (const bytes of canonicalBytes(problem)) yield decoder.decode(bytes);
}

/** A SHA-256 in progress. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest as 64 lowercase hexadecimal digits. Ends the computation. */
  hex(): string;
}

/** SHA-256 in plain JavaScript: runs everywhere, at some 130 MB/s. */
export function portableSha256(): Sha256 {
  const hash = sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => bytesToHex(hash.digest()),
  };
}

/** The SHA-256 of the canonical text of a network, which FORMAT.md specifies: the identity of a model. */
export function modelHash({ inputDimension, skip, neurons }: Network): string {
  const hash = portableSha256();
  const write = (text: string) => hash.update(new TextEncoder().encode(`${text}\n`));
  write(`sparsest-model 1\ninputs ${inputDimension}`);
  write(skip === null ? 'skip none' : `skip ${[...skip.weights, skip.bias].join(' ')}`);
  write(`neurons ${neurons.length}`);
  for (const { inputWeights, bias, outputWeight } of neurons)
    write([...inputWeights, bias, outputWeight].join(' '));
  return hash.hex();
}

/**
 * The SHA-256 of the canonical text, 64 lowercase hexadecimal digits: the identity of a problem.
 * @param createSha256 another implementation, where the platform has a faster one
 */
export function problemHash(problem: Problem, createSha256: () => Sha256 = portableSha256): string {
  const hash = createSha256();
  for (const bytes of canonicalBytes(problem)) hash.update(bytes);
  return hash.hex();
}
