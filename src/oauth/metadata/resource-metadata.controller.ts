import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { ProtectedResourceBody } from './metadata.dto.js';
import { Published } from './published.decorator.js';
import { ServerMetadata } from './server-metadata.js';

/** RFC 9728: Keycap's own API. Its challenges name this address. */
@ApiTags('OAuth 2.0')
@Controller('.well-known/oauth-protected-resource')
export class ResourceMetadataController {
  constructor(private readonly metadata: ServerMetadata) {}

  @Get()
  @Public()
  @Published()
  @Operation('getResourceMetadata', "Where to get tokens for Keycap's API (RFC 9728)", {
    answer: ProtectedResourceBody,
  })
  get(): ProtectedResourceBody {
    return this.metadata.protectedResource();
  }
}
