import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { sessionCookieName } from '../../access/credentials/session-cookie.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';

/**
 * A `Set-Cookie` for this host alone, out of the reach of scripts, and sent along when another site
 * links here but not when it posts (RFC 6265bis §4.1.2). Without `maxAgeSeconds` it goes when the
 * browser is closed.
 *
 * @param value of characters that need no quoting
 */
export function hostCookie(
  name: string,
  value: string,
  { isSecure, maxAgeSeconds }: { readonly isSecure: boolean; readonly maxAgeSeconds?: number },
): string {
  const secure = isSecure ? '; Secure' : '';
  const life = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
  return `${name}=${value}; Path=/${secure}; HttpOnly; SameSite=Lax${life}`;
}

/** The session in the cookie of the dashboard. How long it lives is the server's business alone. */
@Injectable()
export class SessionCookie {
  private readonly name: string;
  private readonly isSecure: boolean;

  constructor(@Inject(RUNTIME) { config }: Runtime) {
    this.name = sessionCookieName(config.insecureCookie);
    this.isSecure = !config.insecureCookie;
  }

  set(reply: FastifyReply, token: string): void {
    void reply.header('set-cookie', hostCookie(this.name, token, { isSecure: this.isSecure }));
  }

  /**
   * Takes it away, and what the browser has kept of the pages. Not `"cookies"`: that takes those of
   * every other application of the domain as well.
   */
  clear(reply: FastifyReply): void {
    const gone = hostCookie(this.name, '', { isSecure: this.isSecure, maxAgeSeconds: 0 });
    void reply.header('set-cookie', gone).header('clear-site-data', '"cache", "storage"');
  }
}
