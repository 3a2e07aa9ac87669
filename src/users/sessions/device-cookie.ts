import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { siteOf } from '../../access/request-site.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { hostCookie } from '../../http/sessions/session-cookie.js';
import { KNOWN_DAYS, KnownDevices } from './known-devices.js';
import { type StartedSessionBody } from './sessions.dto.js';

const NAME = 'keycap_device';
const DAY_SECONDS = 24 * 60 * 60;

/**
 * The note of a known device, as it was sent; null without one. Of several none counts: then it can't
 * be told whose they are. Not a credential, so they are no error either.
 */
export const SentDeviceNote = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => {
    const { cookie = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const notes = cookie
      .split(';')
      .map((pair) => pair.trim().split('='))
      .filter(([name]) => name === NAME || name === `__Host-${NAME}`)
      .map(([, note = '']) => note);
    return notes.length === 1 ? (notes[0] ?? null) : null;
  },
);

/** Leaves a note on the device of whoever has just signed in on a page of this deployment. */
@Injectable()
class DeviceHandover implements NestInterceptor {
  constructor(
    private readonly devices: KnownDevices,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { headers } = http.getRequest<FastifyRequest>();
    const answers = next.handle() as Observable<StartedSessionBody>;
    if (siteOf(headers, this.runtime.publicUrl) !== 'same') return answers;
    const reply = http.getResponse<FastifyReply>();
    return answers.pipe(
      tap(({ user: { email } }) => {
        if (email !== null) void reply.header('set-cookie', this.cookieOf(email));
      }),
    );
  }

  private cookieOf(email: string): string {
    const isSecure = !this.runtime.config.insecureCookie;
    const name = isSecure ? `__Host-${NAME}` : NAME;
    const maxAgeSeconds = KNOWN_DAYS * DAY_SECONDS;
    return hostCookie(name, this.devices.issue(email), { isSecure, maxAgeSeconds });
  }
}

/** Declares that the device of whoever signs in is known from then on. */
export function RemembersDevice(): MethodDecorator {
  return applyDecorators(UseInterceptors(DeviceHandover));
}
