import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { Problem } from '../../problem.js';
import { PolicedChanges } from '../issuance/policed-changes.js';
import { ImportGrants } from './import-grants.js';
import {
  asProblem,
  type ImportDraft,
  type ImportOutcome,
  type JudgedImport,
  type PermittedImport,
} from './import-draft.js';
import { ImportJudge } from './import-judge.js';
import { ImportStore } from './import-store.js';
import { ImportedPrefixes } from './imported-prefixes.js';
import { AlreadyImported } from './imports.errors.js';

/** Takes keys over that other systems have made, by their hashes. */
@Injectable()
export class KeyImportService {
  constructor(
    private readonly grants: ImportGrants,
    private readonly policed: PolicedChanges,
    private readonly store: ImportStore,
    private readonly prefixes: ImportedPrefixes,
  ) {}

  /**
   * @param wanted rows that can't be asked for are what is wrong with them
   * @param isDryRun whether every row is judged and nothing written
   * @returns what became of each row, in order: a bad one keeps none of the others
   * @throws ReauthRequired
   */
  async import(
    actor: Actor,
    wanted: readonly (ImportDraft | Problem)[],
    { isDryRun }: { isDryRun: boolean },
  ): Promise<ImportOutcome[]> {
    const now = new Date();
    const permitted: JudgedImport[] = [];
    // One after the other: a thousand at once would take the pool away from everybody else.
    for (const row of wanted) permitted.push(await this.permit(actor, row, now));
    const outcomes = await this.policed.run(actor, 'exclusive', async (manager, rules) => {
      const still = await this.grants.permitStill(manager, actor, permitted);
      const rows = accepted(still);
      const judge = await ImportJudge.of(manager, actor.organizationId, { rows, rules, now });
      const judged = still.map((row) => judgedBy(judge, row));
      if (!isDryRun) return this.write(manager, actor, { judge, judged, now });
      // Nothing would have been blocked, since nothing was to happen.
      rules.wouldBlock.clear();
      return judged.map((row) => (row instanceof Problem ? row : 'valid'));
    });
    if (!isDryRun) await this.prefixes.readNew();
    return outcomes;
  }

  private async permit(actor: Actor, row: ImportDraft | Problem, now: Date): Promise<JudgedImport> {
    if (row instanceof Problem) return row;
    return this.grants.permit(actor, row, now).catch(asProblem);
  }

  private async write(
    manager: EntityManager,
    actor: Actor,
    { judge, judged, now }: { judge: ImportJudge; judged: readonly JudgedImport[]; now: Date },
  ): Promise<ImportOutcome[]> {
    const keys = await this.store.insert(manager, actor, { rows: accepted(judged), now });
    await this.prefixes.add(manager, actor.organizationId, judge.newPrefixes);
    const rest = keys.values();
    return judged.map((row) =>
      row instanceof Problem ? row : (rest.next().value ?? new AlreadyImported()),
    );
  }
}

function judgedBy(judge: ImportJudge, row: JudgedImport): JudgedImport {
  if (row instanceof Problem) return row;
  try {
    judge.admit(row);
    return row;
  } catch (error) {
    return asProblem(error);
  }
}

function accepted(rows: readonly JudgedImport[]): PermittedImport[] {
  return rows.filter((row): row is PermittedImport => !(row instanceof Problem));
}
