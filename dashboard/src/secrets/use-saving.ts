import { useBlocker } from '@tanstack/react-router';
import { useRef, useState } from 'react';

/**
 * Whether what is shown this once was taken along: copied, downloaded, or said to be saved. Until then
 * nothing leaves the page, be it a link or Back; dialogs have to see to Escape themselves.
 *
 * @param isAtStake false where nothing would be lost
 */
export function useSaving(isAtStake = true) {
  const [isSaved, setIsSaved] = useState(!isAtStake);
  // Beside the state, because closing may go to another address before the next drawing.
  const mayLeave = useRef(!isAtStake);
  useBlocker({ shouldBlockFn: () => !mayLeave.current, enableBeforeUnload: !isSaved });
  return {
    isSaved,
    markSaved: (): void => {
      mayLeave.current = true;
      setIsSaved(true);
    },
  };
}
