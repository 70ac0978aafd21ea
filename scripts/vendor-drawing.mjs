// dist/vendor/drawing.js: what pictures are drawn with, in one file. Of Plot, the whole of D3 behind it and a document to draw on, 15 MB
// where they are installed, 0.8 MB are used; so they are needed to build the program and not to run it.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const DRAWING = `export * as plot from '@observablehq/plot';
export { DOMParser } from 'linkedom';`;

/** The document asks for a bitmap canvas, which is never drawn on. */
export const withoutCanvas = {
  name: 'without canvas',
  setup(builder) {
    builder.onResolve({ filter: /^canvas$/ }, () => ({ path: 'canvas', namespace: 'absent' }));
    builder.onLoad({ filter: /^canvas$/, namespace: 'absent' }, () => ({
      contents: 'throw new Error("no canvas")',
      loader: 'js',
    }));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({
    stdin: { contents: DRAWING, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'default'],
    target: 'es2022',
    minify: true,
    legalComments: 'eof',
    banner: {
      js: '// @observablehq/plot, d3 and linkedom with what they import, each under its own licence (ISC, BSD, MIT).',
    },
    plugins: [withoutCanvas],
    outfile: fileURLToPath(new URL('../dist/vendor/drawing.js', import.meta.url)),
    logLevel: 'warning',
  });
}
