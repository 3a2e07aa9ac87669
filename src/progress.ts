/** How a start shows what it is doing; the launcher has one for terminals. */
export interface Progress {
  /** Runs a step and shows its title and how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Prints the lines that end the start. */
  finish(lines: readonly string[]): void;
}

/** One plain line a step. */
export const plainProgress: Progress = {
  async step(title, work) {
    const started = performance.now();
    const result = await work();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${title} (${seconds} s)\n`);
    return result;
  },
  finish: (lines) => void process.stdout.write(`\n${lines.join('\n')}\n\n`),
};
