import { currentRun } from './current-run.mjs';

export default async function globalTeardown() {
  await currentRun.finish();
}
