/** What pictures are drawn with, bundled into one file when the program is built (scripts/vendor-drawing.mjs): nobody installs the packages. */
export * as plot from '@observablehq/plot';
export { DOMParser } from 'linkedom';
