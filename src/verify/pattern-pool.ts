import { Rational } from '../exact/rational.js';
import type { Neuron, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type Pattern, patternsOf } from './activation-pattern.js';
import { fewestNeurons } from './pattern-part.js';
import { type AffinePart, neuronOf, type SignedNeuron, signed } from './signed-neuron.js';

/** A neuron as a part of its pattern: turned round if flipped. */
export function partOf(neuron: Neuron, { flipped }: Pattern): SignedNeuron {
  const { sign, z } = signed(neuron);
  return { sign, z: flipped ? z.map((entry) => entry.negate()) : z };
}

/** A neuron that is left, and the neurons of the model it stands for, increasing. */
interface Member {
  readonly neuron: Neuron;
  readonly sources: readonly number[];
  /** The patterns it fits; the first is the one in which it is counted. */
  readonly patterns: readonly [Pattern, ...Pattern[]];
}

/** Neurons by their patterns, while those of one pattern are made fewer. */
export class PatternPool {
  private readonly groups = new Map<string, Member[]>();
  /** Groups that are known to be the fewest. */
  private readonly settled = new Set<string>();
  /** Sources of neurons that were a function of the skip at the data together. */
  readonly cancelled: (readonly number[])[] = [];

  constructor(
    private readonly skip: Skip,
    private readonly problem: Problem,
    private readonly affinePart: AffinePart,
  ) {}

  get members(): Member[] {
    return [...this.groups.values()].flat();
  }

  add(
    neuron: Neuron,
    sources: readonly number[],
    patterns: Member['patterns'] = patternsOf(neuron, this.skip, this.problem),
  ): void {
    const key = keyOf(patterns[0]);
    const group = this.groups.get(key);
    const member = { neuron, sources, patterns };
    this.settled.delete(key);
    if (group === undefined) this.groups.set(key, [member]);
    else group.push(member);
  }

  /**
   * Brings every pattern to its fewest neurons, and lets a neuron that is 0 at some points and negative at none change its pattern where
   * that saves a neuron. A neuron that is 0 at a point where those were active that it stands for has another pattern than they, so this goes on until nothing
   * changes; each step leaves fewer neurons.
   */
  merge(): void {
    for (let before = -1; before !== this.members.length; ) {
      before = this.members.length;
      for (const key of [...this.groups.keys()]) this.reduce(key, this.groups.get(key)!, []);
      for (const member of this.members) {
        const [own, other] = member.patterns;
        if (other === undefined || !this.groups.get(keyOf(own))?.includes(member)) continue;
        const group = this.groups.get(keyOf(other));
        if (group !== undefined) this.reduce(keyOf(other), group, [{ ...member, patterns: [other, own] }]);
      }
    }
  }

  /** Replaces the neurons of one pattern, and guests from other patterns, by the fewest, if those are fewer. */
  private reduce(key: string, group: readonly Member[], guests: readonly Member[]): void {
    const all = [...group, ...guests];
    if (all.length < 2 || (guests.length === 0 && this.settled.has(key))) return;
    const parts = all.map(({ neuron, patterns }) => partOf(neuron, patterns[0]));
    const fewest = fewestNeurons(parts, all[0]!.patterns[0].points(), this.skip, this.problem);
    if (fewest.neurons.length >= all.length) {
      if (guests.length === 0) this.settled.add(key);
      return;
    }
    this.groups.delete(key);
    for (const { sources, patterns } of guests) {
      const home = keyOf(patterns[1]!);
      const left = this.groups.get(home)!.filter((member) => member.sources !== sources);
      this.settled.delete(home);
      if (left.length > 0) this.groups.set(home, left);
      else this.groups.delete(home);
    }
    // s (z)+ = s (-z)+ + s z
    for (const { neuron, patterns } of all) if (patterns[0].flipped) this.affinePart.add(signed(neuron));
    if (fewest.affine !== null) this.affinePart.add({ sign: Rational.one, z: fewest.affine });
    const { neurons } = fewest;
    if (neurons.length === 0) this.cancelled.push(sourcesOf(all));
    for (const { sign, z } of neurons) {
      const own = neurons.length === 1 ? all : all.filter((_, i) => parts[i]!.sign.equals(sign));
      this.add(neuronOf(sign, z), sourcesOf(own));
    }
  }
}

function keyOf({ kind, key }: Pattern): string {
  return `${kind} ${key}`;
}

function sourcesOf(members: readonly Member[]): number[] {
  return members.flatMap(({ sources }) => sources).sort((a, b) => a - b);
}
