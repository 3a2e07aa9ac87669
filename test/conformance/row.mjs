/** One requirement that a test can show to hold; `matrix.d.mts` has its shape. */
const row = (level) => (id, source, text) => ({ id, level, source, text });

// The levels are the standard's. OWN: no standard asks for it, this house does.
export const must = row('MUST');
export const mustNot = row('MUST NOT');
export const should = row('SHOULD');
export const shouldNot = row('SHOULD NOT');
export const may = row('MAY');
export const own = row('OWN');
export const note = row('NOTE');

/** The same rows, which no test can show to hold in this version, with the reason. */
export const notApplicable = (reason, rows) =>
  rows.map((each) => ({ ...each, notApplicable: reason }));
