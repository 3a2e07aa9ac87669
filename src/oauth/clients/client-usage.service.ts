import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import { ClientUsage } from '../tokens/client-usage.entity.js';

const DAY_MS = 86_400_000;

/** The tokens that a client was issued on one day (UTC). */
export interface DailyUsage {
  /** `2026-11-25`. */
  readonly date: string;
  readonly tokensIssued: number;
}

/** What was counted of a client. */
@Injectable()
export class ClientUsageService {
  constructor(@InjectRepository(ClientUsage) private readonly usage: Repository<ClientUsage>) {}

  /** One entry for each of the last `days` days, newest first, today included. */
  async daily(clientId: string, days: number, now = new Date()): Promise<DailyUsage[]> {
    const dates = Array.from({ length: days }, (_, age) => dateOf(now.getTime() - age * DAY_MS));
    const since = dateOf(now.getTime() - days * DAY_MS);
    const rows = await this.usage.findBy({ clientId, day: MoreThan(since) });
    const counts = new Map(rows.map(({ day, tokensIssued }) => [day, tokensIssued]));
    return dates.map((date) => ({ date, tokensIssued: counts.get(date) ?? 0 }));
  }
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
