/** Series are told apart by dashes and markers; the colour only repeats it. Colours are variables of the style sheet. */
export interface SeriesStyle {
  readonly stroke: string;
  /** An SVG dash pattern; "none" is a solid line. */
  readonly dashes: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

const COLORS = 6;
const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '4 2'] as const;
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond2', 'star', 'wye', 'cross'] as const;

/** Six colours, five dash patterns and seven markers: 210 series until one repeats in all three. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    stroke: `var(--series-${index % COLORS})`,
    dashes: DASHES[index % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}

/** The proved truth: long dashes in the colour of the text. */
export const TRUTH_STYLE = { stroke: 'var(--truth)', dashes: '10 5' } as const;
