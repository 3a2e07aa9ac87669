import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import { dayBefore, lastDays } from '../../database/days.js';
import { ClientUsage } from '../tokens/client-usage.entity.js';

/** The tokens that a client was issued on one day (UTC). */
export interface DailyUsage {
  /** `2026-11-25`. */
  readonly date: string;
  readonly tokensIssued: number;
}

/** The tokens that the clients of an organization were issued on one day (UTC). */
export interface DailyUsageOfClients {
  /** `2026-11-25`. */
  readonly date: string;
  /** Only those that were issued any; the most first. */
  readonly clients: readonly { readonly clientId: string; readonly tokensIssued: number }[];
}

const OF_ORGANIZATION = `
  SELECT usage.day::text AS day, usage.client_id AS "clientId",
         usage.tokens_issued AS "tokensIssued"
    FROM oauth_client_usage usage
    JOIN oauth_clients client USING (client_id)
   WHERE client.organization_id = $1 AND usage.day > $2
   ORDER BY usage.tokens_issued DESC, usage.client_id`;

/** What was counted of a client. */
@Injectable()
export class ClientUsageService {
  constructor(@InjectRepository(ClientUsage) private readonly usage: Repository<ClientUsage>) {}

  /** One entry for each of the last `days` days, newest first, today included. */
  async daily(clientId: string, days: number, now = new Date()): Promise<DailyUsage[]> {
    const since = dayBefore(days, now);
    const rows = await this.usage.findBy({ clientId, day: MoreThan(since) });
    const counts = new Map(rows.map(({ day, tokensIssued }) => [day, tokensIssued]));
    return lastDays(days, now).map((date) => ({ date, tokensIssued: counts.get(date) ?? 0 }));
  }

  /** The same of all clients of an organization, deleted ones included. */
  async dailyOfOrganization(
    organizationId: string,
    days: number,
    now = new Date(),
  ): Promise<DailyUsageOfClients[]> {
    const since = dayBefore(days, now);
    const rows: { day: string; clientId: string; tokensIssued: number }[] = await this.usage.query(
      OF_ORGANIZATION,
      [organizationId, since],
    );
    return lastDays(days, now).map((date) => ({
      date,
      clients: rows
        .filter(({ day }) => day === date)
        .map(({ clientId, tokensIssued }) => ({ clientId, tokensIssued })),
    }));
  }
}
