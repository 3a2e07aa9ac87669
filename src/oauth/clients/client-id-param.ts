import { Param, type PipeTransform } from '@nestjs/common';
import { isClientId } from './client-id.js';
import { OAuthClientNotFound } from './oauth-clients.errors.js';

/** The `client_id` in the path. Text that can't be one gets the 404 of one that does not exist. */
export function ClientIdParam(): ParameterDecorator {
  const pipe: PipeTransform<string, string> = {
    transform(text) {
      if (!isClientId(text)) throw new OAuthClientNotFound();
      return text;
    },
  };
  return Param('clientID', pipe);
}
