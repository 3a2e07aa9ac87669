/** A test that stands for one row or more. */
export interface Evidence {
  /** Its path in the project, with slashes. */
  readonly file: string;
  /** Its title after those of the blocks around it. */
  readonly name: string;
  /** `line:column` where it is written, the same for all cases of a table; null where unknown. */
  readonly place: string | null;
  readonly isPassed: boolean;
}

/** What Jest says of a file of tests. */
export interface TestFile {
  readonly testFilePath: string;
  readonly testResults: readonly {
    readonly fullName: string;
    readonly location?: { readonly line: number; readonly column: number } | null;
    readonly status: string;
  }[];
}

/** What in Jest's configuration narrows a run. */
export interface Choice {
  readonly testPathPatterns: { isSet(): boolean };
  readonly testNamePattern?: string;
  readonly runTestsByPath?: boolean;
  readonly findRelatedTests?: boolean;
  readonly onlyChanged?: boolean;
  readonly onlyFailures?: boolean;
  readonly lastCommit?: boolean;
  readonly changedSince?: string;
  readonly shard?: object;
  readonly filter?: string;
}

export interface RunEnd {
  readonly wasInterrupted: boolean;
  /** Files that could not be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

export function rowsNamedIn(name: string): string[];
export function evidenceOf(testFiles: readonly TestFile[], root: string): Evidence[];
export function isFullRun(choice: Choice, end: RunEnd): boolean;
