import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { parseInstance } from '../../src/files/instance.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { uniqueness, withUniqueness } from '../../src/lp-norm/uniqueness.js';
import { makeProblem } from '../../src/problem/problem.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

/** Claims about p* that hold uniqueness too. Data with the certificate that `threshold` writes. */
function uniqueOf(about: string, changes: readonly (number | string)[], name: string): CaseFile {
  const data = instanceOf(changes, name);
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const pStar = threshold(problem);
  const { claim, proof } = withUniqueness(pStar, uniqueness(problem, pStar));
  const text = [...certificateChunks({ problem: identityOf(problem), claim, proof })].join('');
  return { about, data, certificate: JSON.parse(text) };
}

/** Values on 0, 1, 2, ... whose slopes change by these numbers. */
function instanceOf(changes: readonly (number | string)[], name: string): Json {
  const y = [0, 0];
  let slope = 0;
  for (const change of changes) {
    slope += Number(change);
    y.push(y.at(-1)! + slope);
  }
  return { format: 'sparsest-instance', version: 1, name, x: y.map((_, i) => i), y };
}

export function acceptedUnique(): Record<string, CaseFile> {
  return {
    'unique-crossing': uniqueOf('two sparsest functions cross below p*', [1, 1, 4, 4, 2], 'a run of five'),
    'unique-limits': uniqueOf(
      'limits that are named, in two of three runs; the crossing is in the first',
      [2, 4, 4, 1, 1, -3, -9, -2, 5, 1, 2, 7, 3, 8, 1],
      'three runs',
    ),
    'unique-tie-of-three': uniqueOf('x^2: never unique as a function', [2, 2, 2], 'a parabola'),
    'unique-tie': uniqueOf(
      'equal slope changes in another order',
      [1, 5, 2, 5, 1, -4, -7, -2],
      'a symmetric run',
    ),
    'unique-one': uniqueOf('unique for every p', [1, 9, 2, 9, 3], 'far apart'),
    'unique-to-p-star': uniqueOf('unique until a denser function ties', [1, 8, 8, 1], 'a run of four'),
    'unique-equal-products': uniqueOf(
      '1, 5, 8 and 2, 10, 2: products that agree, in different numbers',
      [1, 1, 4, 6, 2],
      'equal products',
    ),
  };
}

type Unique = { claim: Json; proof: Json };

/** What a certificate says of uniqueness. */
const uniqueIn = ({ certificate }: Json): Unique => ({
  claim: certificate.claim.unique,
  proof: certificate.proof.unique,
});

export function forgedUnique(accepted: Record<string, CaseFile>): Forgery[] {
  const crossing = accepted['unique-crossing']!;
  const limits = accepted['unique-limits']!;
  const three = accepted['unique-tie-of-three']!;
  const tie = accepted['unique-tie']!;
  const one = accepted['unique-one']!;
  const toPStar = accepted['unique-to-p-star']!;
  const bracket = (unique: Unique, end: 'lower' | 'upper', value: string) => {
    unique.claim.below[end] = value;
    unique.claim.upToMultisetsBelow[end] = value;
  };
  const forgery = (
    rule: string,
    about: string,
    file: CaseFile,
    change: (unique: Unique, copy: Json) => void,
  ): Forgery => [rule as Forgery[0], about, file, (copy: Json) => change(uniqueIn(copy), copy)];
  return [
    forgery(
      'threshold-unique-claim',
      'without a proof',
      crossing,
      (_, { certificate }) => void delete certificate.proof.unique,
    ),
    forgery(
      'threshold-unique-claim',
      'a proof without a claim',
      crossing,
      (_, { certificate }) => void delete certificate.claim.unique,
    ),
    forgery('threshold-unique-claim', 'lower above upper', crossing, (unique) =>
      bracket(unique, 'upper', '1/8'),
    ),
    forgery('threshold-unique-claim', 'beyond p*', toPStar, (unique) => bracket(unique, 'lower', '51/100')),
    forgery('threshold-unique-claim', 'an upper end above that of p*', toPStar, (unique) =>
      bracket(unique, 'upper', '1'),
    ),
    forgery('threshold-unique-claim', 'two brackets that differ', crossing, ({ claim }) => {
      claim.below.upper = '1';
    }),
    forgery('threshold-unique-claim', 'as a function from 0 to 1', one, ({ claim }) => {
      claim.below = { lower: '0', upper: '1' };
    }),
    forgery('threshold-number', 'an end of uniqueness that is negative', crossing, (unique) =>
      bracket(unique, 'lower', '-1/2'),
    ),
    forgery(
      'threshold-unique-breakpoints',
      'that begin later',
      crossing,
      ({ proof }) => void proof.breakpoints.shift(),
    ),
    forgery(
      'threshold-unique-breakpoints',
      'that end earlier',
      crossing,
      ({ proof }) => void proof.breakpoints.pop(),
    ),
    forgery(
      'threshold-unique-breakpoints',
      'twice the same',
      crossing,
      ({ proof }) => void proof.breakpoints.splice(1, 0, proof.breakpoints[1]),
    ),
    forgery(
      'threshold-unique-limits',
      'of a run that is not there',
      limits,
      ({ proof }) => void proof.limits.splice(0, 1, [2, 2]),
    ),
    forgery(
      'threshold-unique-limits',
      'of a run of three',
      limits,
      ({ proof }) => void proof.limits.splice(1, 0, [6, 2]),
    ),
    forgery(
      'threshold-unique-limits',
      'an odd offset',
      limits,
      ({ proof }) => void proof.limits.splice(0, 1, [1, 3]),
    ),
    forgery(
      'threshold-unique-limits',
      'behind the run',
      limits,
      ({ proof }) => void proof.limits.splice(0, 1, [1, 6]),
    ),
    forgery(
      'threshold-unique-limits',
      'twice',
      limits,
      ({ proof }) => void proof.limits.unshift(proof.limits[0]),
    ),
    forgery(
      'threshold-unique-interval',
      'a limit that is not cheapest',
      limits,
      ({ proof }) => void proof.limits.splice(0, 1),
    ),
    forgery(
      'threshold-unique-interval',
      'a limit whose product is as small, but that is dearer',
      accepted['unique-equal-products']!,
      ({ proof }) => void proof.limits.pop(),
    ),
    forgery('threshold-unique-interval', 'one great step', crossing, (unique) => {
      bracket(unique, 'lower', '1');
      bracket(unique, 'upper', '1');
      unique.proof.breakpoints = ['0', '1'];
      delete unique.proof.crossing;
    }),
    forgery('threshold-unique-interval', 'up to the upper end of the crossing', crossing, (unique) => {
      const { upper } = unique.claim.below;
      bracket(unique, 'lower', upper);
      unique.proof.breakpoints.push(upper);
    }),
    forgery(
      'threshold-unique-interval',
      'a tie called the limit in a run whose tilings differ',
      one,
      ({ proof }) => void proof.limits.push([1, 2]),
    ),
    forgery('threshold-unique-crossing', 'withheld', crossing, ({ proof }) => void delete proof.crossing),
    forgery('threshold-unique-crossing', 'where none is needed', one, ({ proof }) => {
      proof.crossing = [1, 2];
    }),
    forgery('threshold-unique-crossing', 'of a tiling that is dearer', crossing, ({ proof }) => {
      proof.crossing = [1, 2];
    }),
    forgery('threshold-unique-crossing', 'of the limit itself', crossing, ({ proof }) => {
      proof.crossing = [1, 0];
    }),
    forgery('threshold-unique-crossing', 'of a run with an even number of points', limits, ({ proof }) => {
      proof.crossing = [2, 0];
    }),
    forgery('threshold-unique-crossing', 'at an odd offset', crossing, ({ proof }) => {
      proof.crossing = [1, 3];
    }),
    forgery('threshold-unique-crossing', 'before the tilings cross', crossing, (unique) => {
      const { lower } = unique.claim.below;
      bracket(unique, 'upper', lower);
    }),
    forgery('threshold-unique-crossing', 'of a limit that is not shown', crossing, (unique) => {
      bracket(unique, 'lower', '0');
      unique.proof.breakpoints = ['0'];
    }),
    forgery('threshold-unique-crossing', 'against a limit that is none', crossing, (unique) => {
      bracket(unique, 'lower', '0');
      Object.assign(unique.proof, { breakpoints: ['0'], limits: [[1, 2]] });
    }),
    forgery('threshold-unique-tie', 'withheld', three, ({ proof }) => void delete proof.tie),
    forgery(
      'threshold-unique-tie',
      'that the function does not show, three points',
      three,
      ({ claim, proof }) => {
        claim.below = claim.upToMultisetsBelow;
        delete proof.tie;
      },
    ),
    forgery('threshold-unique-tie', 'that the function does not show', tie, ({ claim, proof }) => {
      claim.below = claim.upToMultisetsBelow;
      delete proof.tie;
    }),
    forgery('threshold-unique-tie', 'where none is needed', one, ({ proof }) => {
      proof.tie = [1, 2];
    }),
    forgery('threshold-unique-tie', 'of other slope changes', one, ({ claim, proof }) => {
      claim.below = { lower: '0', upper: '0' };
      proof.tie = [1, 2];
    }),
    forgery('threshold-unique-tie', 'with itself', tie, ({ proof }) => {
      proof.tie = [1, proof.limits[0]?.[1] ?? 0];
    }),
    forgery('threshold-unique-tie', 'with itself, three points', three, ({ proof }) => {
      proof.tie = [1, 0];
    }),
    forgery('threshold-unique-tie', 'of three points that are not alike', tie, ({ proof }) => {
      proof.tie = [6, 2];
    }),
    forgery('threshold-unique-tie', 'with a limit that is not shown', tie, (unique) => {
      unique.claim.upToMultisetsBelow.lower = '0';
      unique.proof.breakpoints = ['0'];
    }),
  ];
}
