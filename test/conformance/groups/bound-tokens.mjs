import { must, mustNot, notApplicable, own } from '../row.mjs';

export const MUTUAL_TLS = {
  title: 'Mutual TLS',
  intro: 'Clients that authenticate by certificate, and tokens that are bound to it.',
  rows: notApplicable('mutual TLS is not offered yet', [
    must(
      'MT-01',
      'RFC 8705 §2',
      '`client_id` is needed; no certificate, or another one, is 401 `invalid_client`.',
    ),
    must(
      'MT-02',
      'RFC 8705 §2.1',
      'One name of the certificate is registered and compared by the rules for such names.',
    ),
    must('MT-03', 'RFC 8705 §2.2', "A self-signed certificate is one of the client's key set."),
    must(
      'MT-04',
      'RFC 8705 §3.1, §3.2',
      'A bound token has the thumbprint of the certificate, and introspection says it.',
    ),
    must('MT-05', 'RFC 8705 §3', 'With another certificate the token is 401 `invalid_token`.'),
    must('MT-06', 'RFC 8705 §5', 'Endpoints on another host are in `mtls_endpoint_aliases`.'),
    must('MT-07', 'RFC 9700 §4.13', 'A certificate in a header counts from its proxy alone.'),
  ]),
};

export const DPOP = {
  title: 'DPoP',
  intro: 'Tokens that are bound to a key, which the client proves to have with each request.',
  rows: notApplicable('DPoP is not offered yet', [
    must('DP-01', 'RFC 9449 §4.1, §4.3', 'One `DPoP` header; two are 400 `invalid_dpop_proof`.'),
    must(
      'DP-02',
      'RFC 9449 §4.2, §4.3',
      'The proof is signed, by a listed algorithm, with the public key that is in it.',
    ),
    must('DP-03', 'RFC 9449 §4.2, §4.3', 'It is for this method and this URL, normalised.'),
    must('DP-04', 'RFC 9449 §4.3, §11.1', 'It is fresh, and counts once on all replicas.'),
    must(
      'DP-05',
      'RFC 9449 §5, §6.1, §6.2',
      'The token has the thumbprint of the key and the type `DPoP`; introspection says both.',
    ),
    must(
      'DP-06',
      'RFC 9449 §5, §8, §8.2',
      'A bad proof and one without the nonce that is asked for have an error code each.',
    ),
    must(
      'DP-07',
      'RFC 9449 §4.3, §7.1',
      'At a resource the proof is for the token too, and failures are challenged by `DPoP`.',
    ),
    must('DP-08', 'RFC 9449 §5.2', 'A client that is set to bound tokens gets no others.'),
    mustNot('DP-09', 'RFC 9449 §11.3', 'Once a nonce was asked for, none goes without.'),
    own('DP-10', 'RFC 9449 §8', 'Where CORS is on, pages may read `DPoP-Nonce`.'),
  ]),
};
