import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Public } from '../access/access.decorators.js';
import { RouteNotFound } from '../http/errors/http.errors.js';
import { encodingFor } from './content-encoding.js';
import { contentSecurityPolicy } from './content-security-policy.js';
import { DashboardFiles } from './dashboard-files.js';

/** A year, the longest that caches are asked for; another content has another name. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The dashboard: one page under every path, which asks `/v1` as any client does. */
@Controller('dashboard')
@ApiExcludeController()
export class DashboardController {
  constructor(private readonly files: DashboardFiles) {}

  @Get()
  @Public()
  start(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.page(reply);
  }

  @Get('assets/:file')
  @Public()
  async asset(
    @Param('file') name: string,
    @Headers('accept-encoding') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const asset = await this.files.asset(name);
    if (!asset) throw new RouteNotFound();
    const encoding = encodingFor(accepted);
    void reply.headers({
      'content-type': asset.type,
      'cache-control': FOR_EVER,
      vary: 'Accept-Encoding',
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    });
    return asset.read(encoding);
  }

  /** A page that somebody has kept the address of. */
  @Get('*')
  @Public()
  deep(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.page(reply);
  }

  private async page(reply: FastifyReply): Promise<string> {
    const { html, nonce } = await this.files.page();
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce),
      'cross-origin-opener-policy': 'same-origin',
    });
    return html;
  }
}
