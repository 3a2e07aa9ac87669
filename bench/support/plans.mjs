import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** PostgreSQL writes a statement's plan when it is done: the answer may be there a moment earlier. */
const LOG_SETTLES_MS = 500;

/** Every statement is explained as it was carried out, with rows and pages, by connections from now on. */
const EXPLAIN_ALL = [
  "LOAD 'auto_explain'",
  "ALTER SYSTEM SET session_preload_libraries = 'auto_explain'",
  'ALTER SYSTEM SET auto_explain.log_min_duration = 0',
  'ALTER SYSTEM SET auto_explain.log_analyze = on',
  'ALTER SYSTEM SET auto_explain.log_buffers = on',
  'ALTER SYSTEM SET auto_explain.log_format = json',
  'SELECT pg_reload_conf()',
];

const END_CONNECTIONS = `
  SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/**
 * Plans of the statements that a server of a bench asks its embedded PostgreSQL, which are slower for
 * it: nothing of it is to be timed afterwards.
 */
export class Plans {
  static async of(keycap) {
    for (const statement of EXPLAIN_ALL) await keycap.client.query(statement);
    await keycap.client.query(END_CONNECTIONS);
    await delay(LOG_SETTLES_MS);
    return new Plans(join(keycap.server.dataDir, 'postgres.log'));
  }

  constructor(logFile) {
    this.logFile = logFile;
  }

  /**
   * Statements that `work` led to, and those of background work beside it.
   * @returns `{statement, steps}`, each statement once (the plan of the last time); a step is
   *   `{depth, title, rows, pages}`
   */
  async during(work) {
    const { size: start } = await stat(this.logFile);
    await work();
    await delay(LOG_SETTLES_MS);
    const plans = new Map();
    for (const plan of plansIn(await textFrom(this.logFile, start))) {
      const statement = plan['Query Text'].replaceAll(/\s+/g, ' ').trim();
      plans.set(statement, stepsOf(plan.Plan));
    }
    return Array.from(plans, ([statement, steps]) => ({ statement, steps }));
  }
}

async function textFrom(file, start) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

/** What auto_explain has logged: a line of its own, then JSON, of which later lines are indented. */
function plansIn(log) {
  const entries = log.matchAll(/ plan:\n(?<json>(?:\t.*\n)+)/g);
  return Array.from(entries, ({ groups }) => JSON.parse(groups.json));
}

/** The steps of a plan, from the outermost on. */
function stepsOf(node, depth = 0) {
  const index = node['Index Name'] === undefined ? '' : ` by ${node['Index Name']}`;
  const table = node['Relation Name'] === undefined ? '' : ` ${node['Relation Name']}`;
  const kind = node.Operation ?? node['Node Type'];
  const step = {
    depth,
    title: `${kind}${table}${index}`,
    rows: node['Actual Rows'] * node['Actual Loops'],
    pages: (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0),
  };
  const inner = (node.Plans ?? []).flatMap((each) => stepsOf(each, depth + 1));
  return [step, ...inner];
}

/**
 * Each statement once, under the first work that asked it, with its steps, rows and pages of a server
 * with few rows and of one with many.
 *
 * @param few what `during` returned, by work
 */
export function describePlans(few, many) {
  const seen = new Set();
  return Object.entries(many).flatMap(([work, found]) => {
    const fresh = found.filter(({ statement }) => !seen.has(statement));
    for (const { statement } of fresh) seen.add(statement);
    return [`## ${work}`, ...fresh.flatMap((plan) => describePlan(few[work], plan)), ''];
  });
}

function describePlan(few, { statement, steps }) {
  const other = few.find((plan) => plan.statement === statement)?.steps;
  const titles = (plan) => plan?.map(({ title }) => title).join();
  if (titles(other) === titles(steps)) return ['', statement, ...describeSteps(steps, other)];
  const carriedOut = other ? ['  few rows: another plan', ...describeSteps(other)] : [];
  return ['', statement, ...describeSteps(steps), ...carriedOut];
}

/** @param few the same steps of the other server, where they are the same */
function describeSteps(steps, few) {
  return steps.map(({ depth, title, rows, pages }, index) => {
    const before = few?.[index];
    const both = (one, other) => (one === undefined ? other : [one, other].join(', '));
    const counts = `rows ${both(before?.rows, rows)}; pages ${both(before?.pages, pages)}`;
    return `${'  '.repeat(depth + 1)}${title}: ${counts}`;
  });
}
