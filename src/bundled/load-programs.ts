import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type * as programs from '../programs.js';

/** Beside this file, once that is bundled. */
const FILE = fileURLToPath(new URL('programs.cjs', import.meta.url));
const CACHE = `${FILE}.cache`;

interface Loaded {
  readonly programs: typeof programs;
  /** What the engine has made of the text so far, functions that have run included. */
  compiled(): Buffer;
}

/**
 * Evaluates the bundled programs. What the engine has once made of their text is kept beside it by the
 * build: reading and compiling it was a quarter of a start. An engine of another version takes no notice
 * of it, and compiles.
 */
export function loadPrograms(): Loaded {
  // The bundler writes ASCII, of which a character takes a byte in memory as well.
  const text = readFileSync(FILE, 'latin1');
  const cachedData = readCache();
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${text}\n})`,
    {
      filename: FILE,
      ...(cachedData && { cachedData }),
    },
  );
  const evaluate = script.runInThisContext() as (...parameters: unknown[]) => void;
  const module = { exports: {} };
  evaluate(module.exports, createRequire(FILE), module, FILE, dirname(FILE));
  return {
    programs: module.exports as typeof programs,
    compiled: () => script.createCachedData(),
  };
}

function readCache(): Buffer | undefined {
  try {
    return readFileSync(CACHE);
  } catch {
    // It only saves time.
    return undefined;
  }
}
