import { useNavigate } from '@tanstack/react-router';

/** Changes what the address of a page filters by; each change replaces the one before. */
export function useFilterChange(): (changed: Readonly<Record<string, string | undefined>>) => void {
  const navigate = useNavigate();
  return (changed) => {
    const kept = Object.fromEntries(
      Object.entries(changed).map(([name, value]) => [name, value === '' ? undefined : value]),
    );
    void navigate({
      to: '.',
      search: (before: object) => ({ ...before, ...kept }),
      replace: true,
      resetScroll: false,
    });
  };
}
