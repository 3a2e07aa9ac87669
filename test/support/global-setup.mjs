import { constants } from 'node:os';
import { currentRun } from './current-run.mjs';

/** Jest runs no teardown where the set-up fails or a signal ends it. */
export default async function globalSetup() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      void currentRun.stop().finally(() => process.exit(128 + constants.signals[signal]));
    });
  }
  try {
    await currentRun.start();
  } catch (error) {
    await currentRun.stop();
    throw error;
  }
}
