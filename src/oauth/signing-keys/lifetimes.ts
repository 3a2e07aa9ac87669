import { LONGEST_TOKEN_LIFE_SECONDS } from '../token-life.js';

/** How long a client may keep what the JWKS endpoint has answered. */
export const JWKS_MAX_AGE_SECONDS = 300;

/** How old the keys are at most by which a process signs and verifies. */
export const KEYS_MAX_AGE_SECONDS = 30;

/** A key is published this long before it signs: every copy of the key set has it by then. */
export const PUBLISH_AHEAD_SECONDS = 2 * JWKS_MAX_AGE_SECONDS;

/**
 * How soon a key can sign that is wanted at once: by then no process answers with a key set that
 * lacks it (a second old at most), whatever their clocks differ by.
 */
export const PUBLISH_AHEAD_AT_LEAST_SECONDS = 5;

/** A process that is late, or whose clock is, has signed with the former key meanwhile. */
const MARGIN_SECONDS = 3600;

/** A key is published this long after the next one has begun to sign. */
export const KEPT_SECONDS = LONGEST_TOKEN_LIFE_SECONDS + MARGIN_SECONDS;
