import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type AccessRequest } from '../../access/access-request.js';

/** Ours, and the one that CapyDB's command-line tools send. */
const HEADERS = ['X-Keycap-Poll-Token', 'X-CapyDB-Poll-Token'] as const;

/** What a poll shows, and whether it takes the key. */
export interface Poll {
  /** Empty where there is none, which is as wrong as any other. */
  readonly token: string;
  /** Not by HEAD: it changes nothing (RFC 9110 §9.2.1), and its answer has no room for a key. */
  readonly takesKey: boolean;
}

export const Polling = createParamDecorator((_: unknown, context: ExecutionContext): Poll => {
  const { headers, method } = context.switchToHttp().getRequest<AccessRequest>();
  const [token = ''] = HEADERS.map((name) => headers[name.toLowerCase()]).filter(
    (value) => typeof value === 'string',
  );
  return { token, takesKey: method === 'GET' };
});

/** Describes the headers, of which one is enough. */
export function TakesPollToken(): MethodDecorator {
  return applyDecorators(...HEADERS.map((name) => ApiHeader({ name, required: false })));
}
