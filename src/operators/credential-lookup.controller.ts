import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { type FoundCredential } from '../access/credentials/found-credential.js';
import { KeySearchBusy } from '../api-keys/imports/imports.errors.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { ValidationFailed } from '../problem.js';
import { CredentialLookupRequest, FoundCredentialList } from './credential-lookup.dto.js';
import { CredentialLookupService } from './credential-lookup.service.js';

@ApiTags('Operators')
@Controller('v1/admin/credentials')
export class CredentialLookupController {
  constructor(private readonly lookup: CredentialLookupService) {}

  @Post('lookup')
  @HttpCode(200)
  @Allow({ operator: true })
  @Operation('operatorLookUpCredential', 'Find out what a credential is', {
    description:
      'Give one of `credential`, `key_prefix` and `client_id`. An empty list says that there is ' +
      'no such credential; a prefix may be that of several keys.',
    answer: FoundCredentialList,
    errors: [KeySearchBusy],
  })
  async lookUp(@Body() request: CredentialLookupRequest): Promise<FoundCredentialList> {
    return FoundCredentialList.of(await this.find(request));
  }

  private find(request: CredentialLookupRequest): Promise<FoundCredential[]> {
    const given = Object.values(request).filter((value) => value !== undefined);
    const { credential, key_prefix: keyPrefix, client_id: clientId } = request;
    if (given.length === 1) {
      if (credential !== undefined) return this.lookup.byCredential(credential);
      if (keyPrefix !== undefined) return this.lookup.byKeyPrefix(keyPrefix);
      if (clientId !== undefined) return this.lookup.byClientId(clientId);
    }
    const sentence = 'give one of credential, key_prefix and client_id';
    throw new ValidationFailed({ credential: [sentence] });
  }
}
