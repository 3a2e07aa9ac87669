import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, Public, RequestOrigin } from '../../access/access.decorators.js';
import { CrossSite } from '../../access/access.errors.js';
import { type Caller, type Origin, signedInUser } from '../../access/principal.js';
import { IdParam } from '../../http/input/id-param.js';
import { EndsSession } from '../../http/sessions/session-end.js';
import { HandsOverSession } from '../../http/sessions/session-handover.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { PageQuery } from '../../http/pages/page-query.js';
import { Cursors } from '../../http/pages/pagination.js';
import { TooManyRequests } from '../../problem.js';
import { RemembersDevice, SentDeviceNote } from './device-cookie.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { SessionList, SignInRequest, StartedSessionBody } from './sessions.dto.js';
import {
  ExternalSessionNotEnded,
  InvalidCredentials,
  PasswordHashingBusy,
  SessionNotFound,
} from '../users.errors.js';

const REFUSED_SIGN_INS = [
  CrossSite,
  new InvalidCredentials('either'),
  new TooManyRequests(900),
  PasswordHashingBusy,
];

@ApiTags('Sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @Public()
  @HandsOverSession()
  @RemembersDevice()
  @Operation('signIn', 'Sign in', { answer: StartedSessionBody, errors: REFUSED_SIGN_INS })
  async signIn(
    @Body() { email, password }: SignInRequest,
    @SentDeviceNote() device: string | null,
    @RequestOrigin() origin: Origin,
  ): Promise<StartedSessionBody> {
    const signIn = { email, password, device };
    return StartedSessionBody.of(await this.signIns.signIn(signIn, origin));
  }

  @Get()
  @Allow({ user: true })
  @Operation('listSessions', 'List my live sessions', { answer: SessionList })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<SessionList> {
    const { userId, sessionId } = signedInUser(caller);
    const list = `sessions ${userId}`;
    const before = this.cursors.open(list, cursor);
    const rows = await this.sessions.listLive(userId, { before, limit: limit + 1 });
    return SessionList.of(
      this.cursors.page(list, rows, limit, ({ id }) => id),
      sessionId,
    );
  }

  @Delete('current')
  @HttpCode(204)
  @Allow({ user: true })
  @EndsSession()
  @Operation('signOut', 'End this session', { errors: [ExternalSessionNotEnded] })
  async signOut(@CurrentCaller() caller: Caller): Promise<void> {
    const { userId, sessionId } = signedInUser(caller);
    if (sessionId === null) throw new ExternalSessionNotEnded();
    await this.sessions.end(userId, sessionId, caller.origin);
  }

  @Delete(':sessionID')
  @HttpCode(204)
  @Allow({ user: true })
  @EndsSession()
  @Operation('endSession', 'End one of my sessions', { errors: [SessionNotFound] })
  async end(
    @CurrentCaller() caller: Caller,
    @IdParam('sessionID', 'session', SessionNotFound) sessionId: string,
  ): Promise<void> {
    await this.sessions.end(signedInUser(caller).userId, sessionId, caller.origin);
  }
}
