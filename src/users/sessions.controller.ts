import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Allow, CurrentCaller, Public, RequestOrigin } from '../access/access.decorators.js';
import { type Caller, type Origin, signedInUser } from '../access/principal.js';
import { IdParam } from '../http/id-param.js';
import { SessionsService } from './sessions.service.js';
import { SessionList, SignInRequest, StartedSessionBody } from './users.dto.js';
import { SessionNotFound } from './users.errors.js';

@Controller('v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post()
  @Public()
  async signIn(
    @Body() { email, password }: SignInRequest,
    @RequestOrigin() origin: Origin,
  ): Promise<StartedSessionBody> {
    return StartedSessionBody.of(await this.sessions.signIn(email, password, origin));
  }

  @Get()
  @Allow({ user: true })
  async list(@CurrentCaller() caller: Caller): Promise<SessionList> {
    const { userId, sessionId } = signedInUser(caller);
    return SessionList.of(await this.sessions.listLive(userId), sessionId);
  }

  @Delete('current')
  @HttpCode(204)
  @Allow({ user: true })
  async signOut(@CurrentCaller() caller: Caller): Promise<void> {
    const { userId, sessionId } = signedInUser(caller);
    await this.sessions.end(userId, sessionId, caller.origin);
  }

  @Delete(':sessionID')
  @HttpCode(204)
  @Allow({ user: true })
  async end(
    @CurrentCaller() caller: Caller,
    @IdParam('sessionID', 'session', SessionNotFound) sessionId: string,
  ): Promise<void> {
    await this.sessions.end(signedInUser(caller).userId, sessionId, caller.origin);
  }
}
