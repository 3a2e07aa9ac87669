import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { SecretHasher } from '../../access/secrets/secret.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { Problem } from '../../problem.js';
import { KeyGrants } from '../issuance/key-grants.js';
import { fingerprintsOf } from './fingerprints.js';
import { readForeignHash } from './foreign-hash.js';
import {
  asProblem,
  type ImportDraft,
  type JudgedImport,
  type PermittedImport,
} from './import-draft.js';
import { assertPrefixAllowed } from './imported-text.js';

/** Which keys of other systems may be taken over at all, and by whom. */
@Injectable()
export class ImportGrants {
  private readonly brands: readonly string[];

  constructor(
    @Inject(RUNTIME) { config }: Runtime,
    private readonly grants: KeyGrants,
    private readonly hasher: SecretHasher,
    private readonly projects: ProjectsService,
  ) {
    this.brands = [config.keyBrand, ...config.formerBrands];
  }

  /**
   * An imported key is handed out like one that is made.
   *
   * @throws HashNotSupported
   * @throws PrefixNotAllowed
   * @throws InvalidScope
   * @throws ExpiresInPast
   * @throws ScopeNotAllowedForProjectKey
   * @throws ScopeExceedsCreator
   * @throws ProjectNotFound
   */
  async permit(actor: Actor, wanted: ImportDraft, now: Date): Promise<PermittedImport> {
    const { keyPrefix, name, scopes, projectId, expiresAt } = wanted;
    assertPrefixAllowed(keyPrefix, this.brands);
    const hash = readForeignHash(wanted.algorithm, wanted.hash);
    const draft = await this.grants.permit(
      actor,
      {
        ...{ name, scopes, projectId, expiresAt },
        deviceName: null,
        environment: 'live',
        ipAllowlist: null,
        rateLimit: null,
        metadata: {},
      },
      now,
    );
    return { draft, keyPrefix, hash, fingerprints: fingerprintsOf(this.hasher, hash) };
  }

  /**
   * To be asked again under the organization's lock: a project may have been deleted meanwhile.
   *
   * @returns the rows, or what is wrong with them by now
   */
  async permitStill(
    manager: EntityManager,
    { organizationId }: Actor,
    rows: readonly JudgedImport[],
  ): Promise<JudgedImport[]> {
    const wanted = new Set(
      rows.map((row) => (row instanceof Problem ? null : row.draft.projectId)),
    );
    const gone = new Map<string | null, Problem>();
    for (const id of wanted) {
      await this.projects.requireLive(manager, organizationId, id).catch((error: unknown) => {
        gone.set(id, asProblem(error));
      });
    }
    return rows.map((row) =>
      row instanceof Problem ? row : (gone.get(row.draft.projectId) ?? row),
    );
  }
}
