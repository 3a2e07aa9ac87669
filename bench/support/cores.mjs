import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TICKS_A_SECOND = 100;

/** Whether processes can be told their core. */
export const canPin = availableParallelism() > 1 && isThere('taskset');

/** The core of whatever is measured, and the core of everything beside: load and PostgreSQL. */
export const SERVER_CORE = 0;
export const OTHER_CORE = 1;

/** A command and its parameters, to be run on that core where that can be asked for. */
export function onCore(core, command, parameters) {
  return canPin ? ['taskset', ['-c', String(core), command, ...parameters]] : [command, parameters];
}

/** Moves all threads of a process, and the processes that it has started. */
export function pin(pid, core) {
  if (!canPin) return;
  for (const each of [pid, ...childrenOf(pid)]) {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(each)], { stdio: 'ignore' });
  }
}

function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export function parentOf(pid) {
  return Number(fieldsOf(`/proc/${pid}/stat`)[1]);
}

/** Processor time that a process has used so far, in seconds; null where /proc doesn't say. */
export function processorSeconds(pid) {
  try {
    const fields = fieldsOf(`/proc/${pid}/stat`);
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  } catch {
    return null;
  }
}

/** How busy a core is from now until the returned function is called: a share of 1, or null. */
export function watchCore(core) {
  const before = coreTimes(core);
  return () => {
    const after = coreTimes(core);
    if (before === null || after === null) return null;
    const [idle, all] = [after.idle - before.idle, after.all - before.all];
    return all === 0 ? null : 1 - idle / all;
  };
}

/** The fields of a process's line after its name, which may hold anything. */
function fieldsOf(path) {
  const text = readFileSync(path, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function coreTimes(core) {
  try {
    const line = readFileSync('/proc/stat', 'utf8')
      .split('\n')
      .find((each) => each.startsWith(`cpu${core} `));
    const [user, nice, system, idle, wait, ...others] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const used = [user, nice, system, ...others.slice(0, 3)].reduce((sum, each) => sum + each, 0);
    return { idle: idle + wait, all: used + idle + wait };
  } catch {
    return null;
  }
}

function isThere(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
