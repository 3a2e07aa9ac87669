import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/cmdline');

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or is another user's.
    return '';
  }
};

/** Numbers of the processes whose command line contains the text; zombies have none. */
export function processesWith(text: string): readonly number[] {
  const all = hasProc
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => [Number(pid), read(`/proc/${pid}/cmdline`)] as const)
    : execFileSync('/bin/ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
        .split('\n')
        .map((line) => [Number.parseInt(line, 10), line] as const);
  return all
    .filter(([pid, line]) => pid !== process.pid && line.includes(text))
    .map(([pid]) => pid);
}

/** The environment that a process was started with, where the system shows it. */
export function environmentOf(pid: number): string {
  if (hasProc) return read(`/proc/${pid}/environ`);
  return execFileSync('/bin/ps', ['eww', '-p', String(pid)], { encoding: 'utf8' });
}
