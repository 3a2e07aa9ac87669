/** How a key came to be; set by the server. */
export const KEY_SOURCES = ['dashboard', 'api', 'cli', 'agent', 'import'] as const;
export type KeySource = (typeof KEY_SOURCES)[number];
