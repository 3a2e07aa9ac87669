import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { BASE } from '../entrance/place';

/**
 * Ends the session. The page is loaded anew afterwards, so that nothing of what was read stays in
 * memory; the answer clears what the browser has kept.
 */
export function useSignOut(): () => void {
  const { mutate } = useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/sessions/current')),
    onSuccess: () => {
      window.location.replace(`${BASE}/sign-in`);
    },
  });
  return () => {
    mutate();
  };
}
