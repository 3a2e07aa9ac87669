import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Equal, type FindOptionsWhere, type Repository } from 'typeorm';
import { equalInConstantTime, randomBase62, SecretHasher } from '../../access/secrets/secret.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { Invitation } from './invitation.entity.js';

/** A new token, and what is stored of it. */
export interface MintedToken {
  readonly token: string;
  readonly digest: Buffer;
}

/** An invitation, and which of its links someone holds: only the mailed one proves an address. */
export interface OpenedInvitation {
  readonly invitation: Invitation;
  readonly link: 'shown' | 'mailed';
  readonly digest: Buffer;
}

/** The secrets of invitations: 256 random bits in a link, a keyed hash in the database. */
@Injectable()
export class InvitationTokens {
  constructor(
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly hasher: SecretHasher,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  mint(): MintedToken {
    const token = `kci_${randomBase62(43)}`;
    return { token, digest: this.hasher.digest('invitation', token) };
  }

  /** The link that carries a token, in its fragment, which no server sees. */
  urlOf(token: string): string {
    return `${this.runtime.publicUrl}/dashboard/accept-invitation#token=${token}`;
  }

  /** The invitation that this token opens, whatever its status, or null. */
  async open(token: string): Promise<OpenedInvitation | null> {
    const digests = this.hasher.candidates('invitation', token);
    const invitation = await this.invitations
      .createQueryBuilder('invitation')
      .addSelect(['invitation.digest', 'invitation.mailedDigest'])
      .where('invitation.digest IN (:...digests) OR invitation.mailedDigest IN (:...digests)', {
        digests,
      })
      .getOne();
    if (!invitation) return null;
    const isShown = digests.some((each) => equalInConstantTime(each, invitation.digest));
    const digest = isShown ? invitation.digest : (invitation.mailedDigest ?? invitation.digest);
    return { invitation, link: isShown ? 'shown' : 'mailed', digest };
  }
}

/** The invitation while that very link opens it: another one may have taken its place. */
export function heldBy({
  invitation: { id },
  link,
  digest,
}: OpenedInvitation): FindOptionsWhere<Invitation> {
  return { id, [link === 'shown' ? 'digest' : 'mailedDigest']: Equal(digest) };
}
