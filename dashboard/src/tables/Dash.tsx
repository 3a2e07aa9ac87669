/** Stands where a row has nothing to show. */
export function Dash() {
  return (
    <span className="dimmed" aria-hidden>
      –
    </span>
  );
}
