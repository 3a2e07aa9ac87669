/**
 * Whether Django REST Framework finds `application/json` in an `Accept` header. Parameters such as
 * `version=v2` and `q` change nothing, and neither does the order.
 */
export function acceptsJson(accept = '*/*'): boolean {
  if (accept.trim() === '') return true;
  return accept.split(',').some((each) => {
    const [type = ''] = each.split(';', 1);
    const [main = '', sub = ''] = type.trim().toLowerCase().split('/');
    return (main === '*' || main === 'application') && (sub === '*' || sub === 'json');
  });
}
