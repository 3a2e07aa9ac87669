import { type Role } from '../../access/principal.js';
import { type Told } from '../../http/direct/kept-json.js';
import { type KeyUsePolicies } from '../../organizations/policies/key-use-policies.service.js';
import { type ApiKey } from '../api-key.entity.js';

/** A key with everything beside it that its use is judged by. It stays in memory as it is. */
export class KnownKey implements Told {
  /** What `KeyRights` has made of it; null until somebody asks. */
  rights: ReadonlySet<string> | null = null;
  json: string | null = null;

  /** @param makerRole what the person who made it is in the organization by now; null for nobody, or nobody active */
  constructor(
    readonly key: ApiKey,
    readonly organizationSuspended: boolean,
    readonly policies: KeyUsePolicies,
    readonly makerRole: Role | null,
  ) {}
}
