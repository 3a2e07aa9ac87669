// The second half of `npm run build`, after the compiler.
import { bundle } from './lib/bundle.mjs';

await bundle();
