import { useEffect, useState } from 'react';

let remembered: string | undefined;

/**
 * The one-time token behind `#token=` of a link. It is taken out of the address at once, so that
 * neither the history nor a picture of the window has it; reloading the page needs the link again.
 */
export function useFragmentToken(): string {
  const [token, setToken] = useState(takeToken);
  // A link that is followed on its own page changes the fragment and loads nothing.
  useEffect(() => {
    const take = (): void => {
      setToken(takeToken());
    };
    window.addEventListener('hashchange', take);
    return () => {
      window.removeEventListener('hashchange', take);
    };
  }, []);
  return token;
}

/** Whoever has left its page, and comes back without a link, comes without a token. */
export function forgetFragmentToken(): void {
  remembered = undefined;
}

function takeToken(): string {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
  if (token !== null) {
    remembered = token;
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }
  return remembered ?? '';
}
