import type { RoundedFunction, RoundedNetwork } from './rounded.js';

/** What an export says about itself, line by line, above the code. */
export type Header = readonly string[];

const PER_LINE = 4;

/** A double as the shortest decimal that is read back as itself. */
function number(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** The same with a point or an exponent: no integer for a compiler. */
function real(value: number): string {
  const text = number(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function lines(values: readonly number[], write: (value: number) => string, indent: string): string {
  const rows: string[] = [];
  for (let i = 0; i < values.length; i += PER_LINE)
    rows.push(
      `${indent}${values
        .slice(i, i + PER_LINE)
        .map(write)
        .join(', ')}`,
    );
  return rows.join(',\n');
}

/** C99: arrays of breakpoints and values, a binary search and interpolation; `double sparsest_eval(double x)`. Needs no library. */
export function functionInC({ x, y }: RoundedFunction, header: Header): string {
  return `${header.map((line) => `/* ${line.replaceAll('*/', '* /').replaceAll('/*', '/ *')} */`).join('\n')}
#define SPARSEST_POINTS ${x.length}

static const double sparsest_x[SPARSEST_POINTS] = {
${lines(x, real, '    ')}
};

static const double sparsest_y[SPARSEST_POINTS] = {
${lines(y, real, '    ')}
};

/* Linear between the points, and beyond them as in the first and the last stretch. */
double sparsest_eval(double x)
{
    int low = 0, high = SPARSEST_POINTS - 1;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (x < sparsest_x[middle]) high = middle; else low = middle;
    }
    return sparsest_y[low] + (x - sparsest_x[low]) * ((sparsest_y[high] - sparsest_y[low]) / (sparsest_x[high] - sparsest_x[low]));
}
`;
}

/** Python 3, standard library alone: \`evaluate(x)\`. */
export function functionInPython({ x, y }: RoundedFunction, header: Header): string {
  return `${header.map((line) => `# ${line}`).join('\n')}
from bisect import bisect_right

X = [
${lines(x, real, '    ')},
]
Y = [
${lines(y, real, '    ')},
]


def evaluate(x):
    """Linear between the points, and beyond them as in the first and the last stretch."""
    i = min(max(bisect_right(X, x) - 1, 0), len(X) - 2)
    return Y[i] + (x - X[i]) * ((Y[i + 1] - Y[i]) / (X[i + 1] - X[i]))
`;
}

/** C99: \`double sparsest_eval(const double *x)\`, x of the network's inputs. */
export function networkInC({ neurons, skip }: RoundedNetwork, inputs: number, header: Header): string {
  const sum = neurons.map(
    ({ weights, bias, output }) =>
      `    y += ${real(output)} * sparsest_relu(${affineText(weights, bias, (i) => `x[${i}]`)});`,
  );
  const start = skip === null ? '0.0' : affineText(skip.weights, skip.bias, (i) => `x[${i}]`);
  return `${header.map((line) => `/* ${line.replaceAll('*/', '* /').replaceAll('/*', '/ *')} */`).join('\n')}
#define SPARSEST_INPUTS ${inputs}

static double sparsest_relu(double z)
{
    return z > 0.0 ? z : 0.0;
}

double sparsest_eval(const double x[SPARSEST_INPUTS])
{
    double y = ${start};
${sum.join('\n')}
    return y;
}
`;
}

/** Python 3: \`evaluate(x)\`, x a sequence of the network's inputs. */
export function networkInPython({ neurons, skip }: RoundedNetwork, header: Header): string {
  const sum = neurons.map(
    ({ weights, bias, output }) =>
      `    y += ${real(output)} * max(0.0, ${affineText(weights, bias, (i) => `x[${i}]`)})`,
  );
  const start = skip === null ? '0.0' : affineText(skip.weights, skip.bias, (i) => `x[${i}]`);
  return `${header.map((line) => `# ${line}`).join('\n')}


def evaluate(x):
    y = ${start}
${sum.join('\n')}
    return y
`;
}

/** "2.0 * x[0] - 1.5"; terms with weight 0 are left out. */
function affineText(weights: readonly number[], bias: number, name: (i: number) => string): string {
  const terms = weights.flatMap((weight, i) => (weight === 0 ? [] : [`${real(weight)} * ${name(i)}`]));
  if (bias !== 0 || terms.length === 0) terms.push(real(bias));
  return terms.join(' + ').replaceAll('+ -', '- ');
}

/** One formula of a spreadsheet with LET and XLOOKUP, of the cell A1; breakpoints and values stand in it. */
export function functionInExcel({ x, y }: RoundedFunction, cell = 'A1'): string {
  const list = (values: readonly number[]) => `{${values.map(number).join(';')}}`;
  const [X, Y] = [list(x), list(y)];
  return (
    `=LET(x,${cell},xs,${X},ys,${Y},n,ROWS(xs),` +
    'i,MIN(MAX(IFERROR(MATCH(x,xs,1),1),1),n-1),' +
    'a,INDEX(xs,i),b,INDEX(xs,i+1),u,XLOOKUP(a,xs,ys),v,XLOOKUP(b,xs,ys),u+(x-a)*(v-u)/(b-a))\n'
  );
}

/** One formula of a spreadsheet of the cells A1, B1, ..: the sum of its hinges. */
export function networkInExcel({ neurons, skip }: RoundedNetwork): string {
  const start = skip === null ? [] : [affineText(skip.weights, skip.bias, cell)];
  const hinges = neurons.map(
    ({ weights, bias, output }) => `${number(output)}*MAX(0,${affineText(weights, bias, cell)})`,
  );
  const sum = [...start, ...hinges].join('+').replaceAll('+-', '-').replaceAll(' ', '');
  return `=${sum === '' ? '0' : sum}\n`;
}

/** A1, B1, .. Z1, AA1, .. */
function cell(i: number): string {
  const letters = (n: number): string =>
    (n >= 26 ? letters(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26));
  return `${letters(i)}1`;
}
