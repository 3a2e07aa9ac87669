import { TestRun } from './test-run.mjs';

/** The one that Jest's set-up starts and its teardown stops. */
export const currentRun = new TestRun();
