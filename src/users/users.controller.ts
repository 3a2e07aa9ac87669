import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { type Caller, signedInUser } from '../access/principal.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { UserAnswer, UserPatch } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('v1/users/me')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Allow({ user: true })
  @Operation('getMyUser', 'Who I am', { answer: UserAnswer })
  async get(@CurrentCaller() caller: Caller): Promise<UserAnswer> {
    return UserAnswer.of(await this.users.get(signedInUser(caller).userId));
  }

  @Patch()
  @Allow({ user: true })
  @Operation('changeMyUser', 'Change my name', { answer: UserAnswer })
  async change(@CurrentCaller() caller: Caller, @Body() { name }: UserPatch): Promise<UserAnswer> {
    return UserAnswer.of(await this.users.rename(signedInUser(caller).userId, name, caller.origin));
  }
}
