import { Injectable } from '@nestjs/common';
import { type KeyAttention, KeyAttentionService } from '../api-keys/key-attention.service.js';
import {
  type ClientAttention,
  ClientAttentionService,
} from '../oauth/clients/client-attention.service.js';
import {
  type InvitationAttention,
  InvitationAttentionService,
} from '../organizations/invitations/invitation-attention.service.js';

export type AttentionItem = ClientAttention | InvitationAttention | KeyAttention;

/** Of each kind. */
const MOST = 100;

/** What in an organization wants looking after; its features know it. */
@Injectable()
export class AttentionService {
  constructor(
    private readonly keys: KeyAttentionService,
    private readonly clients: ClientAttentionService,
    private readonly invitations: InvitationAttentionService,
  ) {}

  async list(organizationId: string, now: Date): Promise<AttentionItem[]> {
    return [
      ...(await this.keys.list(organizationId, now, MOST)),
      ...(await this.clients.list(organizationId, now, MOST)),
      ...(await this.invitations.list(organizationId, now, MOST)),
    ];
  }
}
