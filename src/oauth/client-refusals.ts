import { Injectable } from '@nestjs/common';
import { type Origin } from '../access/principal.js';
import { RefusalsService } from '../audit/refusals.service.js';
import { Problem } from '../problem.js';
import { type AuthenticatedClient } from './authentication/authenticated-client.js';

/** Shows an organization what its clients were refused after they had proven who they are. */
@Injectable()
export class ClientRefusals {
  constructor(private readonly refusals: RefusalsService) {}

  /** Does the work; where it ends in a refusal, that one is noted and thrown on. */
  async during<T>(client: AuthenticatedClient, origin: Origin, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.status < 500) {
        const { code, message, reason = message } = error;
        this.note(client, origin, `${code}: ${reason}`);
      }
      throw error;
    }
  }

  /** @param reason what the client is not told */
  note(client: AuthenticatedClient, origin: Origin, reason: string): void {
    const { kind, id, organizationId, projectId } = client;
    this.refusals.note(
      { kind, id, organizationId },
      { action: 'oauth_client.refused', projectId, reason, origin },
    );
  }
}
