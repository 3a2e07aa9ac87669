import { Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { type AuditActor } from '../audit/audit.service.js';
import { Idempotent } from '../http/idempotency/idempotent.decorator.js';
import { IdParam } from '../http/input/id-param.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { LastOwner } from '../organizations/members/members.errors.js';
import { UserDeletionService } from '../organizations/user-deletion.service.js';
import { UserMembershipsService } from '../organizations/user-memberships.service.js';
import { ExternalIdentitiesService } from '../users/external/external-identities.service.js';
import { PasswordResetsService } from '../users/passwords/password-resets.service.js';
import { SessionsService } from '../users/sessions/sessions.service.js';
import { UserSearchService } from '../users/user-search.service.js';
import { UserStandingService } from '../users/user-standing.service.js';
import { UserNotFound } from '../users/users.errors.js';
import { ActingOperator } from './acting-operator.js';
import {
  ListedUserAnswer,
  ListedUserList,
  UserDetailAnswer,
  UserSearchQuery,
} from './users.dto.js';

const LIST = 'every user';
const SESSIONS_SHOWN = 100;
const UserId = (): ParameterDecorator => IdParam('userID', 'user', UserNotFound);

/** None of these routes shows or takes a password. */
@ApiTags('Operators')
@Controller('v1/admin/users')
export class OperatedUsersController {
  constructor(
    private readonly users: UserSearchService,
    private readonly standing: UserStandingService,
    private readonly deletion: UserDeletionService,
    private readonly memberships: UserMembershipsService,
    private readonly sessions: SessionsService,
    private readonly identities: ExternalIdentitiesService,
    private readonly resets: PasswordResetsService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ operator: true })
  @Operation('operatorListUsers', 'List all people', { answer: ListedUserList })
  async list(@Query() { cursor, limit, ...filter }: UserSearchQuery): Promise<ListedUserList> {
    const before = this.cursors.open(LIST, cursor);
    const rows = await this.users.list(filter, { before, limit: limit + 1 });
    return ListedUserList.of(this.cursors.page(LIST, rows, limit, ({ id }) => id));
  }

  @Get(':userID')
  @Allow({ operator: true })
  @Operation('operatorGetUser', 'Read a person, with memberships and sessions', {
    answer: UserDetailAnswer,
    errors: [UserNotFound],
  })
  async get(@UserId() id: string): Promise<UserDetailAnswer> {
    const user = await this.users.get(id);
    const memberships = await this.memberships.list(id);
    const page = { before: undefined, limit: SESSIONS_SHOWN };
    const sessions = await this.sessions.listLive(id, page);
    return UserDetailAnswer.ofAll(user, memberships, sessions, await this.identities.listOf(id));
  }

  @Delete(':userID')
  @HttpCode(204)
  @Allow({ operator: true })
  @Operation('operatorDeleteUser', 'Delete a person', {
    description:
      'Ends every session and every membership. The keys and clients that he made are treated as where he is removed: by the policy `member_keys_on_leave` of each organization, which out of the box ends the keys of his command lines and agents and keeps the rest.',
    errors: [UserNotFound, LastOwner],
  })
  async delete(@ActingOperator() by: AuditActor, @UserId() id: string): Promise<void> {
    await this.deletion.delete(by, id);
  }

  @Post(':userID/disable')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorDisableUser', 'End all sessions of a person and let none begin', {
    answer: ListedUserAnswer,
    errors: [UserNotFound],
  })
  async disable(@ActingOperator() by: AuditActor, @UserId() id: string): Promise<ListedUserAnswer> {
    await this.standing.disable(by, id);
    return ListedUserAnswer.of(await this.users.get(id));
  }

  @Post(':userID/enable')
  @HttpCode(200)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorEnableUser', 'Let a disabled person sign in again', {
    answer: ListedUserAnswer,
    errors: [UserNotFound],
  })
  async enable(@ActingOperator() by: AuditActor, @UserId() id: string): Promise<ListedUserAnswer> {
    await this.standing.enable(by, id);
    return ListedUserAnswer.of(await this.users.get(id));
  }

  @Post(':userID/end-sessions')
  @HttpCode(204)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorEndSessions', 'End all sessions of a person', { errors: [UserNotFound] })
  async endSessions(@ActingOperator() by: AuditActor, @UserId() id: string): Promise<void> {
    await this.standing.endSessions(by, id);
  }

  @Post(':userID/send-password-reset')
  @HttpCode(204)
  @Idempotent()
  @Allow({ operator: true })
  @Operation('operatorSendPasswordReset', 'Mail a person a link that sets a new password', {
    description:
      'Nobody but the person sees the link. Nothing is mailed or recorded, and the answer is the same, for a disabled person, one without an address, and one who was mailed enough: three links that are good still, five within an hour or twenty within a day.',
    errors: [UserNotFound],
  })
  async sendPasswordReset(@ActingOperator() by: AuditActor, @UserId() id: string): Promise<void> {
    await this.users.get(id);
    await this.resets.sendAlone(by, id);
  }
}
