import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { ServerMetadataBody } from './metadata.dto.js';
import { Published } from './published.decorator.js';
import { ServerMetadata } from './server-metadata.js';

/** RFC 8414, and where clients look that take `/o` for a part of the issuer. */
@ApiTags('OAuth 2.0')
@Controller([
  '.well-known/oauth-authorization-server',
  '.well-known/oauth-authorization-server/o',
  'o/.well-known/oauth-authorization-server',
])
export class ServerMetadataController {
  constructor(private readonly metadata: ServerMetadata) {}

  @Get()
  @Public()
  @Published()
  @Operation('getServerMetadata', 'What this authorization server can do (RFC 8414)', {
    answer: ServerMetadataBody,
  })
  get(): ServerMetadataBody {
    return this.metadata.authorizationServer();
  }
}
