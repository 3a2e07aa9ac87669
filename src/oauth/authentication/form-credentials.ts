import { type FormBody } from '../../http/input/form-body.js';

/** Each proves a client, or is half of what does; `client_id` alone only names one. */
const PROOFS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** Whether a form authenticates a client, so that nothing else in the request may (RFC 6749 §2.3). */
export function provesClient(form: FormBody): boolean {
  return PROOFS.some((name) => form.get(name) !== undefined);
}
