/** How long a credential lives on beside the one that replaces it, in seconds. */
export const LONGEST_OVERLAP_SECONDS = 2_592_000;
export const DEFAULT_OVERLAP_SECONDS = 86_400;
