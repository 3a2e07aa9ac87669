import { useState } from 'react';

/** The time when the page was drawn first, in milliseconds; drawing it again shows the same. */
export function useNow(): number {
  const [now] = useState(() => Date.now());
  return now;
}
