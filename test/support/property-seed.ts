/**
 * Where random tests begin. `npm test` always draws the same cases; `npm run test:long` draws a seed, prints it and hands it over
 * in SPARSEST_SEED.
 */
export const PROPERTY_SEED = Number(process.env.SPARSEST_SEED ?? 0);
