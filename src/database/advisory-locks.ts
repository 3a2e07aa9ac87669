/** "KEYC": PostgreSQL's locks of two numbers are shared by all programs of a database. */
const NAMESPACE = 0x4b_45_59_43;

/**
 * Locks that exist once in a deployment, as the two numbers that PostgreSQL takes. Locks of one
 * organization, client or name are hashes of text (one number), which never meet these. Number 3 is
 * taken in SQL, by the function that attaches partitions of tokens.
 */
export const ADVISORY_LOCKS = {
  dataFolder: [NAMESPACE, 1],
  migration: [NAMESPACE, 2],
  droppingPartitions: [NAMESPACE, 4],
  signingKeyRotation: [NAMESPACE, 5],
};
