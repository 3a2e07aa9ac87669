import { useState } from 'react';
import { useAnnounce } from '../states/announcements';
import { useReport } from '../states/reports';
import { downloadText } from './download';

/** A file that is made of what the server answers. */
export interface Exported {
  readonly name: string;
  readonly text: string;
  readonly type: string;
}

interface Export {
  /** How many have come so far; null unless one is on its way. */
  readonly lines: number | null;
  /** @param make is to tell how many lines have come */
  readonly start: (make: (onLines: (lines: number) => void) => Promise<Exported>) => void;
}

/** Hands a file to the browser's downloads as soon as it is whole, and says so; a refusal is shown. */
export function useExport(done: string): Export {
  const announce = useAnnounce();
  const report = useReport();
  const [lines, setLines] = useState<number | null>(null);
  return {
    lines,
    start: (make) => {
      setLines(0);
      make(setLines)
        .then(({ name, text, type }) => {
          downloadText(name, text, type);
          announce(done);
        })
        .catch(report)
        .finally(() => {
          setLines(null);
        });
    },
  };
}
