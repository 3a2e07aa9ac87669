/** What an operator asked for by hand and can't have; the message is a sentence for him. */
export class SigningKeyComplaint extends Error {
  override readonly name = 'SigningKeyComplaint';
}

export class UnknownSigningKey extends SigningKeyComplaint {
  constructor(kid: string) {
    super(`There is no signing key ${kid}.`);
  }
}

export class NoUsableSigningKey extends SigningKeyComplaint {
  constructor() {
    super(
      'No signing key opens with this KEYCAP_SECRET: use the one that the server was started with, which makes the first key.',
    );
  }
}
