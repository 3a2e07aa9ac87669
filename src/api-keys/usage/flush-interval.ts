/** How long a use is in memory alone, at most: what a crash loses. */
export const FLUSH_INTERVAL_MS = 5000;
