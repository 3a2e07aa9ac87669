import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { type Caller, signedInUser } from '../access/principal.js';
import { UserAnswer, UserPatch } from './users.dto.js';
import { UsersService } from './users.service.js';

@Controller('v1/users/me')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Allow({ user: true })
  async get(@CurrentCaller() caller: Caller): Promise<UserAnswer> {
    return UserAnswer.of(await this.users.get(signedInUser(caller).userId));
  }

  @Patch()
  @Allow({ user: true })
  async change(@CurrentCaller() caller: Caller, @Body() { name }: UserPatch): Promise<UserAnswer> {
    return UserAnswer.of(await this.users.rename(signedInUser(caller).userId, name));
  }
}
