/** The number that a share of the numbers does not exceed (nearest rank). @param sorted least first */
export function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
