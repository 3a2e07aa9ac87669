import { type Evidence } from './evidence.mjs';

export interface Row {
  /** Such as `TOK-01`. */
  readonly id: string;
  /** `MUST`, `SHOULD`, `MAY` and their likes, or `OWN`. */
  readonly level: string;
  /** Where it is asked for; empty where this house alone asks. */
  readonly source: string;
  /** What it asks, in Markdown. */
  readonly text: string;
  /** Why nothing can show it to hold in this version. */
  readonly notApplicable?: string;
}

export interface Group {
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly Row[];
}

export type Result = 'passed' | 'failed' | 'no test' | 'not applicable';

export interface JudgedRow extends Row {
  readonly tests: readonly Evidence[];
  readonly result: Result;
}

export interface Matrix {
  readonly groups: readonly (Group & { readonly rows: readonly JudgedRow[] })[];
  /** Ids that tests name and no row has. */
  readonly strays: readonly { readonly id: string; readonly tests: readonly Evidence[] }[];
}

export function matrixOf(groups: readonly Group[], evidence: readonly Evidence[]): Matrix;
export function complaintsAbout(matrix: Matrix): string[];
