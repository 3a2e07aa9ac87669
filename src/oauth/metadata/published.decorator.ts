import { applyDecorators, Header } from '@nestjs/common';

/** Public, the same for everyone, and good for five minutes; pages of any origin may read it. */
export function Published(): MethodDecorator {
  return applyDecorators(
    Header('Cache-Control', 'public, max-age=300'),
    Header('Access-Control-Allow-Origin', '*'),
  );
}
