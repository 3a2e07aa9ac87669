import { Controller, Delete, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { type Caller, signedInUser } from '../access/principal.js';
import { personActor } from '../audit/audit.service.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { LastOwner } from './members/members.errors.js';
import { UserDeletionService } from './user-deletion.service.js';

/** Here and not with the users: only who knows the organizations knows whether he may go. */
@ApiTags('Users')
@Controller('v1/users/me')
export class OwnAccountController {
  constructor(private readonly deletion: UserDeletionService) {}

  @Delete()
  @HttpCode(204)
  @Allow({ user: true })
  @Operation('deleteMyUser', 'Delete my account', {
    description:
      'Ends every session and every membership. The keys and clients that I made are treated as where I am removed: by the policy `member_keys_on_leave` of each organization, which out of the box ends the keys of my command lines and agents and keeps the rest.',
    errors: [LastOwner],
  })
  async delete(@CurrentCaller() caller: Caller): Promise<void> {
    const { userId } = signedInUser(caller);
    await this.deletion.delete(personActor(userId, caller.origin), userId);
  }
}
