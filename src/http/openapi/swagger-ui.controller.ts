import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../../access/access.decorators.js';
import { RouteNotFound } from '../errors/http.errors.js';
import { ApiDescription } from './api-description.js';
import { CONTENT_SECURITY_POLICY, pageOf, START_SCRIPT, swaggerUiFile } from './swagger-ui-page.js';

/** Below Keyo's own path the page shows Keyo's part alone. */
const KEYO_DOCS = '/api/v3/public/docs';

const CACHED = 'public, max-age=300';

/** Swagger UI with all that it needs from this server; nothing in its address changes what it shows. */
@Controller(['docs', KEYO_DOCS])
@ApiExcludeController()
export class SwaggerUiController {
  constructor(private readonly description: ApiDescription) {}

  @Get()
  @Public()
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const { route: folder = '' } = request;
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    });
    return pageOf(folder);
  }

  @Get(':file')
  @Public()
  async file(
    @Param('file') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Buffer> {
    const isKeyo = request.route?.startsWith(KEYO_DOCS) ?? false;
    if (name === 'openapi.json') {
      void reply.type('application/json; charset=utf-8');
      return isKeyo ? this.description.keyo() : this.description.whole();
    }
    if (name === 'start.js') {
      void reply.headers({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': CACHED,
      });
      return START_SCRIPT;
    }
    const file = swaggerUiFile(name);
    if (!file) throw new RouteNotFound();
    void reply.headers({ 'content-type': file.type, 'cache-control': CACHED });
    return file.read();
  }
}
