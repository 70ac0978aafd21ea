import fc from 'fast-check';
import { PROPERTY_SEED } from './property-seed.js';

// The same cases every time; a file may set a seed of its own. `npm run test:long` draws other ones.
fc.configureGlobal({ seed: PROPERTY_SEED });
