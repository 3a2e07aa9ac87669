/**
 * The boundaries of ARCHITECTURE.md. Each rule is seen to report a planted violation in
 * test/quality/boundaries.e2e-spec.ts.
 *
 *   programs, server, serving, workers, api-document, app.module, ormconfig, ...   know everything
 *   api-keys, oauth, organizations, ...   features: meet each other as modules and services
 *   access, http, database, changes, metrics, config, ...   kernel: is told, does not ask
 */

const KERNEL_FOLDER = 'access|changes|http|database|metrics';
const COMPOSITION = 'programs|server|serving|workers?|signing-key|api-document|app|app\\.module';
const KERNEL = `^src/(?:(?:${KERNEL_FOLDER})/|(?!(?:${COMPOSITION})\\.ts$)[^/]+\\.ts$)`;
const MIGRATIONS = '^src/migrations/';
const FEATURE = `^src/(?!(?:${KERNEL_FOLDER}|migrations)/)([^/]+)/`;
const EDGE = '\\.(?:controller|dto)\\.ts$';
const SPEC = '\\.spec\\.ts$';

/** The path of an npm package, wherever in node_modules it lies. */
const npm = (...names) => `(?:^|/)node_modules/(?:${names.join('|')})(?:/|$)`;

const rule = (name, comment, from, to, more = {}) => ({
  name,
  comment,
  severity: 'error',
  from,
  to,
  ...more,
});

module.exports = {
  forbidden: [
    rule('not-to-unresolvable', 'What is imported exists.', {}, { couldNotResolve: true }),
    rule('no-circular', 'No file depends on itself, however far around.', {}, { circular: true }),
    rule(
      'access-knows-no-feature',
      'The kernel is told by app.module.ts, it does not ask.',
      { path: KERNEL },
      { path: '^(?:src/|ormconfig\\.ts$)', pathNot: [KERNEL, MIGRATIONS] },
    ),
    rule(
      'features-stay-apart',
      'A feature uses another one only by its module and its services.',
      { path: FEATURE, pathNot: EDGE },
      { path: FEATURE, pathNot: ['^src/$1/', '\\.(?:module|service)\\.ts$'] },
    ),
    rule(
      'the-edge-shares-the-wire',
      "Controllers and wire shapes may name another feature's wire shapes and errors as well.",
      { path: `${FEATURE}.*${EDGE}` },
      { path: FEATURE, pathNot: ['^src/$1/', '\\.(?:module|service|dto|errors)\\.ts$'] },
    ),
    rule(
      'only-the-edge-knows-http',
      'Services and entities never see a request, nor how it is answered or documented.',
      { path: '\\.(?:service|entity)\\.ts$', pathNot: '^src/http/' },
      {
        path: [
          '^src/http/',
          npm('fastify', '@fastify', '@nestjs/platform-fastify', '@nestjs/swagger'),
          npm('@nestjs/passport'),
          // passport itself, its strategies and their types.
          '(?:^|/)node_modules/(?:@types/)?passport',
        ],
      },
    ),
    rule(
      'controllers-do-not-touch-the-database',
      'Controllers know HTTP and services; services know the tables.',
      { path: '\\.controller\\.ts$' },
      {
        path: [
          npm('typeorm', '@nestjs/typeorm', 'pg', '@types/pg'),
          '\\.entity\\.ts$',
          '^ormconfig\\.ts$',
          MIGRATIONS,
        ],
      },
    ),
    rule(
      'entities-are-leaves',
      'An entity uses typeorm, and the types of its feature and of the kernel, nothing else.',
      { path: '\\.entity\\.ts$' },
      { pathNot: [npm('typeorm'), '^src/'] },
    ),
    rule(
      'entities-are-leaves',
      'An entity takes only types from its own feature and the kernel.',
      { path: '\\.entity\\.ts$' },
      { path: '^src/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'entities-are-leaves',
      'An entity knows its own feature and the kernel.',
      { path: '^src/([^/]+)/.*\\.entity\\.ts$' },
      { path: '^src/', pathNot: ['^src/$1/', KERNEL] },
    ),
    rule(
      'no-orphans',
      'Every file is used by another one.',
      { orphan: true, path: '^(?:dashboard/)?src/', pathNot: SPEC },
      {},
    ),
    rule(
      'src-does-not-import-tests',
      'What runs in production does not need what proves it.',
      { path: '^(?:src/|ormconfig\\.ts$)', pathNot: SPEC },
      { path: ['^(?:test|bench)/', SPEC] },
    ),
    rule(
      'the-dashboard-knows-the-api-alone',
      'A browser can run nothing of the server; what it knows of it is the API description.',
      { path: '^dashboard/' },
      { path: '^(?:src|test|scripts|bench)/|^ormconfig\\.ts$' },
    ),
    rule(
      'nothing-knows-the-dashboard',
      'The server serves what was built of it.',
      { path: '^(?:src|test)/|^ormconfig\\.ts$' },
      { path: '^dashboard/' },
    ),
    rule(
      'production-packages-only',
      'The image installs no dev packages, so nothing that runs there may import one.',
      { path: '^(?:src/|ormconfig\\.ts$)', pathNot: SPEC },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are dependencies too: a service that names a request's type knows of requests.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['(?:^|/)node_modules/', '^dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
