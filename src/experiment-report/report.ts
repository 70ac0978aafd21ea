import { type Canvas, openCanvas } from '../pictures/canvas.js';
import { plural } from '../text/format.js';
import { costAgainstExponent } from './cost-figure.js';
import { type Block, code, type Document, type Figure, link, paragraph, type Section } from './document.js';
import { documentHtml } from './document-html.js';
import { documentMarkdown } from './document-markdown.js';
import { exactMinimizers, trainedFunctions } from './functions-figure.js';
import { summarize } from './outcomes.js';
import { type Pool, poolsOf } from './pools.js';
import { arrange, type CompareResults, type DataSet, type Experiment } from './results.js';
import { sparsityAgainstEpochs } from './sparsity-figure.js';
import { successAgainstExponent } from './success-figure.js';
import {
  claimTable,
  exactTables,
  failureTable,
  groupTable,
  outcomeTable,
  overview,
  pairTable,
  rowDetails,
  theoryTable,
} from './tables.js';
import { NOTHING, rowLink } from './texts.js';
import { summaryInWords } from './words.js';

/** What keeps the report of a large experiment readable. */
export const REPORT_LIMITS = {
  /** Data sets with pictures. */
  pictured: 40,
  /** Most data sets that the list of contents names; the overview names all. */
  listed: 12,
  /** Most hashes before they are folded away. */
  hashes: 24,
} as const;

/** Names of the files; the Markdown speaks of the other one. */
export const REPORT_FILES = { html: 'report.html', markdown: 'report.md' } as const;

/**
 * The report of an experiment as a self-contained HTML page (no scripts, nothing is loaded) and as Markdown with the same
 * words and tables. Pure: the same results give the same texts.
 */
export async function compareReport(results: CompareResults): Promise<{ html: string; markdown: string }> {
  const document = await compareDocument(results);
  return {
    html: documentHtml(document),
    markdown: documentMarkdown(document, REPORT_FILES.html),
  };
}

async function compareDocument(results: CompareResults): Promise<Document> {
  const experiment = arrange(results);
  const pools = poolsOf(experiment);
  const canvas = await openCanvas();
  return {
    title: 'Truth against training',
    subtitle: [
      'The sparsest ReLU networks, proved, and what training with l^p regularisation finds. ',
      `${plural(experiment.dataSets.length, 'data set')}, ${plural(experiment.size, 'row')}.`,
    ],
    sections: [
      summarySection(canvas, results, experiment, pools),
      ...experiment.dataSets.map((dataSet, i) => ({
        ...dataSection(dataSet, i < REPORT_LIMITS.pictured ? canvas : null),
        unlisted: experiment.dataSets.length > REPORT_LIMITS.listed,
      })),
      ...theorySection(experiment),
      ...failureSection(experiment),
      provenance(results, experiment),
    ],
  };
}

function summarySection(
  canvas: Canvas,
  results: CompareResults,
  experiment: Experiment,
  pools: readonly Pool[],
): Section {
  const pooled = successAgainstExponent(
    canvas,
    'success',
    pools.map(({ series, skip, tolerance, objective, summary }) => ({
      series,
      setting: `${objective}, skip ${skip}, tolerance ${tolerance}`,
      success: summary.success,
    })),
    {
      title: 'Success rate against p, all data sets',
      caption: [
        'Share of the decided runs that found a sparsest network, with 95 % Wilson intervals; the numbers stand in ',
        link('outcomes', 'the table of outcomes'),
        '.',
      ],
    },
  );
  return {
    kind: 'section',
    id: 'summary',
    title: 'In words',
    blocks: [
      ...summaryInWords(results, experiment, pools),
      overview(experiment),
      ...(pools.length === 0 ? [] : [outcomeTable(pools)]),
      ...(pooled === null || experiment.dataSets.length < 2 ? [] : [figures([pooled])]),
    ],
  };
}

/** @param canvas null for a data set without pictures */
function dataSection(dataSet: DataSet, canvas: Canvas | null): Section {
  const { id, name, data, groups, failed } = dataSet;
  const blocks: Block[] = [];
  if (data === null) {
    const reason = failed.find(({ kind }) => kind === 'data');
    blocks.push(
      paragraph(
        'These data are not in the results',
        ...(reason === undefined
          ? [': no row describes them.']
          : [': ', reason.message, ' ', rowLink(reason.key, 'Row.')]),
      ),
    );
  } else {
    blocks.push(
      paragraph(
        `${plural(data.points, 'point')}, ${plural(data.dimension, 'input')}. SHA-256 of the data: `,
        code(data.sha256),
        '. ',
        ...(data.note === undefined ? [] : [data.note]),
      ),
    );
  }
  blocks.push(...exactTables(dataSet));
  if (groups.length > 0) blocks.push(groupTable(dataSet), ...groupNote(dataSet));
  const pictures = canvas === null ? [] : figuresOf(canvas, dataSet);
  if (canvas === null) {
    blocks.push(paragraph(`Pictures are drawn for the first ${REPORT_LIMITS.pictured} data sets only.`));
  }
  if (pictures.length > 0) blocks.push(figures(pictures));
  blocks.push(...rowDetails(dataSet));
  return { kind: 'section', id, title: name, blocks };
}

function groupNote({ groups }: DataSet): Block[] {
  const notes = ['Failed runs are in no other column. Rates are of the decided runs.'];
  if (groups.some(({ runs }) => runs.some(({ firstSparsest }) => firstSparsest !== null))) {
    notes.push(
      'The first sparsest state is the first look at which size and residual met the minimum and the tolerance in double precision; median epoch and time are over the runs that had one.',
    );
  } else notes.push('No run came to a sparsest state at any look.');
  if (groups.some(({ runs }) => runs.some(({ cost }) => cost !== null))) {
    notes.push(
      'The cost is compared with the least cost among all networks with the values of the trained one at the data points, where both have an affine skip.',
    );
  }
  notes.push(`${NOTHING} means that there is nothing to state.`);
  return [paragraph(notes.join(' '))];
}

function figuresOf(canvas: Canvas, dataSet: DataSet): Figure[] {
  const { id, groups, truths } = dataSet;
  const skips = [...new Set(groups.map(({ skip }) => skip))];
  const made: (Figure | null)[] = [exactMinimizers(canvas, `${id}-minimizer-picture`, dataSet)];
  for (const skip of skips) {
    // A run does not depend on the tolerance; it is drawn once, with the truth of the first tolerance.
    const tolerance = groups.find((group) => group.skip === skip)!.tolerance;
    const own = groups.filter((group) => group.skip === skip && group.tolerance === tolerance);
    const truth = truths.find((row) => row.skip === skip && row.tolerance === tolerance) ?? null;
    made.push(
      trainedFunctions(canvas, `${id}-functions-${skip}`, dataSet, truth, own),
      sparsityAgainstEpochs(canvas, `${id}-sparsity-${skip}`, own),
    );
  }
  made.push(costAgainstExponent(canvas, `${id}-cost`, dataSet));
  made.push(
    successAgainstExponent(
      canvas,
      `${id}-success`,
      groups.map(({ series, skip, tolerance, runs }) => ({
        series,
        setting: `skip ${skip}, tolerance ${tolerance}`,
        success: summarize(runs).success,
      })),
      {
        title: 'Success rate against p',
        caption: [
          'Share of the decided runs that found a sparsest network, with 95 % Wilson intervals; numbers in ',
          link(`${id}-groups`, 'the table'),
          '.',
        ],
      },
    ),
  );
  return made.filter((figure) => figure !== null);
}

function figures(list: readonly Figure[]): Block {
  return { kind: 'figures', figures: list };
}

function theorySection({ theory }: Experiment): Section[] {
  if (theory.length === 0) return [];
  const bad = theory.filter(({ holds }) => holds === false);
  const open = theory.filter(({ holds }) => holds === 'undecided');
  const rest = theory.filter(({ holds }) => holds === true || holds === 'not-applicable');
  const blocks: Block[] = [claimTable(theory)];
  if (bad.length > 0) blocks.push(theoryTable('theory-failing', 'Rows that do not hold', bad));
  if (open.length > 0) blocks.push(theoryTable('theory-undecided', 'Undecided rows', open));
  if (rest.length > 0) {
    blocks.push({
      kind: 'details',
      summary: `Rows that hold or say nothing about their data (${rest.length})`,
      blocks: [theoryTable('theory-rows', 'Rows that hold, and rows that do not apply', rest)],
    });
  }
  return [{ kind: 'section', id: 'theory', title: 'The theory put to the test', blocks }];
}

function failureSection({ failed }: Experiment): Section[] {
  if (failed.length === 0) return [];
  return [
    {
      kind: 'section',
      id: 'failures',
      title: 'What failed, and why',
      blocks: [
        paragraph(
          'These rows are in no average. Started again, the experiment tries them again, except where another run would meet the same end.',
        ),
        failureTable(failed),
      ],
    },
  ];
}

function provenance(results: CompareResults, { dataSets, runs }: Experiment): Section {
  const { spec, command, versions, files = [] } = results;
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const hashes = pairTable(
    'hashes',
    'SHA-256 of the data as the problems were posed, and of the files',
    ['data or file', 'SHA-256'],
    [
      ...dataSets.flatMap(({ name, data }) => (data === null ? [] : [[name, data.sha256] as const])),
      ...files.map(({ name, sha256 }) => [name, sha256] as const),
    ],
  );
  const blocks: Block[] = [
    paragraph('Command line of the experiment: ', code(command)),
    pairTable('versions', 'Versions', ['program', 'version'], Object.entries(versions)),
    ...(hashes.rows.length <= REPORT_LIMITS.hashes
      ? [hashes]
      : [
          {
            kind: 'details',
            summary: `SHA-256 of data and files (${hashes.rows.length})`,
            blocks: [hashes],
          } as const,
        ]),
    paragraph(
      `Seeds of the training runs: ${seeds.length === 0 ? 'none' : seedText(seeds)}. A seed fixes the starting weights; training is deterministic.`,
    ),
    {
      kind: 'details',
      summary: 'The specification',
      blocks: [{ kind: 'listing', text: JSON.stringify(spec, null, 2) }],
    },
  ];
  return { kind: 'section', id: 'provenance', title: 'Versions, seeds and hashes', blocks };
}

/** "0 to 9, 12". */
function seedText(seeds: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < seeds.length; ) {
    let j = i;
    while (j + 1 < seeds.length && seeds[j + 1] === seeds[j]! + 1) j++;
    parts.push(j === i ? String(seeds[i]) : `${seeds[i]} to ${seeds[j]}`);
    i = j + 1;
  }
  return parts.join(', ');
}
