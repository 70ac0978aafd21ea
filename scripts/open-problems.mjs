// Open problems: `npm run open [-- [--check] [--folder DIR] [--page FILE] [CERTIFICATE ...]]`.
//
// Checks every certificate in instances/open, and those named, with the checker; prints the best proved bounds, and writes the table of
// docs/open-problems.md. A certificate that is better at one end or at both, named or dropped into the folder, replaces what is there: each end
// is kept as a certificate of its own, PROBLEM.lower.json.gz and PROBLEM.upper.json.gz. Nothing is believed: what the checker rejects,
// or what is about no problem of the list, changes nothing and ends with exit code 1.
//
//   --check       change nothing; exit code 1 when a certificate waits or the table is not the one of the certificates
//   --folder DIR  another folder with problems.json, data and certificates
//   --page FILE   another page with the table
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCertificate } from '../dist/certificate/read-certificate.js';
import { certificateChunks } from '../dist/certificate/write.js';
import { check } from '../dist/checker/check.js';
import { Rational } from '../dist/exact/rational.js';
import { readDataset } from '../dist/files/read-dataset.js';
import { writeFileAtomically } from '../dist/files/write-file.js';
import { problemHash } from '../dist/problem/canonical.js';
import { makeProblem } from '../dist/problem/problem.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    folder: { type: 'string', default: join(ROOT, 'instances/open') },
    page: { type: 'string', default: join(ROOT, 'docs/open-problems.md') },
  },
});
const { folder, page } = values;
const BEGIN = '<!-- table: written by `npm run open` -->';
const END = '<!-- end of table -->';
let failed = false;

function complain(text) {
  failed = true;
  console.error(`open: ${text}`);
}

/** The problems of the list, each with the hash by which certificates name it. */
function readProblems() {
  const listed = JSON.parse(readFileSync(join(folder, 'problems.json'), 'utf8'));
  return listed.map((entry) => {
    const problem = makeProblem(readDataset(join(folder, entry.data), {}), Rational.parse(entry.tolerance));
    return { ...entry, problem, sha256: problemHash(problem), lower: null, upper: null };
  });
}

const sizeOf = (path) => statSync(path).size;
const kept = (name, end) => join(folder, `${name}.${end}.json.gz`);

/** Takes over the ends of a certificate that are better than what is known, or as good and shorter. */
function consider(problems, path) {
  let certificate;
  try {
    certificate = readCertificate(path);
  } catch (error) {
    complain(error.message);
    return;
  }
  const { claim } = certificate;
  const asked = problems.find(
    ({ sha256, objective, skip }) =>
      claim.kind === 'minimum' &&
      certificate.problem.sha256 === sha256 &&
      claim.objective === objective &&
      claim.skip === skip,
  );
  if (asked === undefined) {
    complain(`${path}: it is about none of the open problems (${join(folder, 'problems.json')})`);
    return;
  }
  const verdict = check(asked.problem, certificate);
  if (!verdict.accepted) {
    complain(`${path}: rejected, rule ${verdict.rule}: ${verdict.reason}`);
    return;
  }
  const { lowerBound, upperBound } = claim;
  const size = sizeOf(path);
  const { lower, upper } = asked;
  if (lower === null || lowerBound > lower.bound)
    asked.lower = { bound: lowerBound, path, size, certificate };
  if (upperBound !== undefined && (upper === null || upperBound < upper.bound))
    asked.upper = { bound: upperBound, path, size, certificate };
}

/** The lower end alone: no network. The upper end alone: a network, and no proof that anything is needed. */
function lowerEnd({ problem, claim, proof }) {
  const { kind, objective, skip, lowerBound } = claim;
  return { problem, claim: { kind, objective, skip, lowerBound }, proof };
}

function upperEnd({ problem, claim, network, function: values, pieces }) {
  const form = network !== undefined ? { network } : values !== undefined ? { function: values } : { pieces };
  return { problem, claim: { ...claim, lowerBound: 0 }, ...form, proof: { kind: 'search', trees: [] } };
}

async function keep(asked, end) {
  const best = asked[end];
  const path = kept(asked.name, end);
  if (best === null || resolve(best.path) === resolve(path)) return;
  const certificate = (end === 'lower' ? lowerEnd : upperEnd)(best.certificate);
  const verdict = check(asked.problem, certificate);
  if (!verdict.accepted) throw new Error(`${path}: ${verdict.rule}: ${verdict.reason}`);
  await writeFileAtomically(path, certificateChunks(certificate));
  console.log(`${basename(path)}: ${best.bound}, from ${best.path}`);
}

const problems = readProblems();
const inFolder = readdirSync(folder)
  .filter((file) => /\.json(\.gz)?$/.test(file) && file !== 'problems.json')
  .map((file) => join(folder, file));
const names = new Set(problems.flatMap(({ name }) => [kept(name, 'lower'), kept(name, 'upper')]));
// What is kept comes first: another certificate has to be better to replace it.
const dropped = inFolder.filter((path) => !names.has(path));
for (const path of [...inFolder.filter((each) => names.has(each)), ...dropped, ...positionals])
  consider(problems, path);

const ends = problems.flatMap(({ lower, upper }) => [lower, upper]);
for (const path of dropped) {
  if (values.check) complain(`${path}: it waits to be taken over; run npm run open`);
  else if (!failed && !ends.some((end) => end?.path === path))
    complain(`${path}: no end of it is better than what is there; remove it`);
}
if (!values.check && !failed) {
  for (const asked of problems) {
    await keep(asked, 'lower');
    await keep(asked, 'upper');
  }
  for (const path of dropped) rmSync(path);
}

const kib = (bytes) => `${Math.max(1, Math.round(bytes / 1024))} KiB`;
const rows = problems.map((asked) => {
  const { name, about, objective, skip, problem, lower, upper } = asked;
  const least = lower?.bound ?? 0;
  const most = upper?.bound ?? '?';
  const status = least === most ? `closed: ${least}` : `${least} to ${most}`;
  const proof = lower === null ? '-' : kib(sizeOf(values.check || failed ? lower.path : kept(name, 'lower')));
  return `| ${name} | ${about} | ${problem.dimension} | ${problem.size} | ${objective} | ${skip} | ${status} | ${proof} |`;
});
const table = [
  '| problem | data | inputs | points | counted | skip | proved | proof of the lower bound |',
  '|---|---|---|---|---|---|---|---|',
  ...rows,
].join('\n');
console.log(table);

const text = readFileSync(page, 'utf8');
const from = text.indexOf(BEGIN);
const to = text.indexOf(END);
if (from < 0 || to < from) complain(`${page}: expected a table between "${BEGIN}" and "${END}"`);
else {
  const next = `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`;
  if (next !== text && values.check)
    complain(`${page}: the table is not that of the certificates; run npm run open`);
  else if (next !== text && !failed) await writeFileAtomically(page, [next]);
}
process.exitCode = failed ? 1 : 0;
