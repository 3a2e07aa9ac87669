import type { UseMutationResult } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useRef } from 'react';
import { useOrganization } from '../organizations/use-organization';

/**
 * Has the API make something with a secret that it shows once. Until its answer is there nothing leaves
 * the page, be it Escape or Back: the secret would be lost and the credential there all the same.
 */
export function useIssuing<Asked, Answer>(
  ask: (asked: Asked) => Promise<Answer>,
  onIssued: (answer: Answer) => void = () => undefined,
): UseMutationResult<Answer, Error, Asked> {
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  // No state: what is shown then may leave the page before the next drawing.
  const isUnderWay = useRef(false);
  useBlocker({
    shouldBlockFn: () => isUnderWay.current,
    enableBeforeUnload: () => isUnderWay.current,
  });
  return useMutation({
    mutationFn: async (asked: Asked) => {
      isUnderWay.current = true;
      try {
        return await ask(asked);
      } finally {
        isUnderWay.current = false;
      }
    },
    onSuccess: onIssued,
    // Also after a failure, since it may have been made and its answer lost. The secret is shown without
    // waiting for that.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
}
