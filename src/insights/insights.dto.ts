import { ApiProperty } from '@nestjs/swagger';
import { type DailyVerifications } from '../api-keys/usage/key-usage.service.js';
import { type DailyUsageOfClients } from '../oauth/clients/client-usage.service.js';
import { type AttentionItem } from './attention.service.js';

const ATTENTION_KINDS = [
  'api_key_expiring',
  'api_key_unused',
  'api_key_kept',
  'api_key_leaked',
  'api_key_used_after_rotation',
  'oauth_client_unused',
  'client_secret_expiring',
  'client_secret_kept',
  'invitation_pending',
] as const satisfies AttentionItem['kind'][];

class ClientTokensBody {
  @ApiProperty({ example: 'Vb7Wq2Nf5XcR8tJk3LmPz9YhGd4sAeTuKoCi6B1v' })
  client_id: string;

  @ApiProperty({ type: 'integer', example: 42 })
  tokens_issued: number;
}

class UsageDayBody {
  @ApiProperty({ format: 'date', example: '2026-11-25', description: 'In UTC.' })
  date: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { valid: 1200, rate_limited: 3 },
    description: 'Of API keys, by the code of the verdict; codes that did not occur are left out.',
  })
  verifications: Record<string, number>;

  @ApiProperty({ type: 'integer', example: 42 })
  tokens_issued: number;

  @ApiProperty({ type: [ClientTokensBody], description: 'Only clients that were issued any.' })
  by_client: ClientTokensBody[];
}

export class UsageBody {
  @ApiProperty({ type: [UsageDayBody], description: 'Newest first.' })
  days: UsageDayBody[];

  /** Both have the same days. */
  static of(
    days: readonly DailyUsageOfClients[],
    ofKeys: readonly DailyVerifications[],
  ): UsageBody {
    return {
      days: days.map(({ date, clients }, index) => ({
        date,
        verifications: { ...ofKeys[index]?.verifications },
        tokens_issued: clients.reduce((sum, { tokensIssued }) => sum + tokensIssued, 0),
        by_client: clients.map(({ clientId, tokensIssued }) => ({
          client_id: clientId,
          tokens_issued: tokensIssued,
        })),
      })),
    };
  }
}

class AttentionItemBody {
  @ApiProperty({
    enum: ATTENTION_KINDS,
    description:
      '`..._expiring` within 14 days (of secrets: the last one that is good), `..._unused` for 90, `..._kept` though another one has taken ' +
      'over, `..._used_after_rotation` though it has, with the last use.',
  })
  kind: AttentionItem['kind'];

  @ApiProperty({ example: 'key_01kaw2hxk5f0c9xd2zp7r3m8qe' })
  target_id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Of a client and of its secrets, whose ids do not say whose they are.',
  })
  client_id: string | null;

  @ApiProperty({ format: 'date-time' })
  since: string;
}

export class AttentionBody {
  @ApiProperty({ type: [AttentionItemBody] })
  items: AttentionItemBody[];

  static of(items: readonly AttentionItem[]): AttentionBody {
    return {
      items: items.map(({ kind, targetId, since, ...rest }) => ({
        kind,
        target_id: targetId,
        client_id: 'clientId' in rest ? rest.clientId : null,
        since: since.toISOString(),
      })),
    };
  }
}
