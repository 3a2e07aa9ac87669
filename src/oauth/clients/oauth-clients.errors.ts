import { Problem } from '../../problem.js';

/** 404: also for a deleted client, and one of another organization. */
export class OAuthClientNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('oauth client not found');
  }
}

/** 404: also for a revoked secret. */
export class ClientSecretNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('client secret not found');
  }
}

/** 409: five secrets of the client are live; revoke one first. */
export class SecretLimitReached extends Problem {
  readonly status = 409;
  readonly code = 'secret_limit_reached';

  constructor(limit: number) {
    super(`a client has at most ${limit} live secrets; revoke one first`);
  }
}

/** 409: a client that signs (`private_key_jwt`) has keys instead. */
export class ClientHasNoSecrets extends Problem {
  readonly status = 409;
  readonly code = 'client_has_no_secrets';

  constructor() {
    super('a client that signs has no secrets; change token_endpoint_auth_method first');
  }
}
