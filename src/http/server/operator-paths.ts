/**
 * Which paths are the operators'. All take the template of a route, or what was asked for as the router
 * reads it: with its percent-encodings resolved (`decoded`).
 */

/** Whether the path is internal admin tooling. */
export function isAdministration(path: string): boolean {
  return /^\/v1\/admin(?:[/?]|$)/.test(path);
}

/** Whether the path is what Prometheus reads. */
export function isMetrics(path: string): boolean {
  return /^\/metrics(?:[/?]|$)/.test(path);
}

/** Whether the path is served on the operators' port where there is one, and nowhere else. */
export function isForOperators(path: string): boolean {
  return isAdministration(path) || isMetrics(path);
}
