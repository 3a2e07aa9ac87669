import { may, must, mustNot, note, notApplicable, should } from '../row.mjs';

export const RESOURCES = {
  title: 'Resource metadata and MCP',
  intro: 'How a resource says which server its tokens come from.',
  rows: [
    must(
      'PR-01',
      'RFC 9728 §3.1-3.3',
      '`/.well-known/oauth-protected-resource` is 200 JSON, and `resource` in it is the asked one, byte for byte.',
    ),
    ...notApplicable('no profile of MCP is claimed yet; what it builds on has rows of its own', [
      must(
        'PR-02',
        'MCP authorization',
        'A server for MCP has metadata, restricts audiences and lists how machines authenticate.',
      ),
    ]),
    ...notApplicable('a remark: there is no authorization endpoint in a server for machines', [
      note('PR-03', 'MCP conformance', 'The checks of MCP ask for an authorization endpoint.'),
    ]),
  ],
};

export const DEVICES = {
  title: 'Device grant',
  intro: 'People who sign a device in from another one.',
  rows: notApplicable("it is for people, and Keycap's grants are for machines", [
    may('DV-01', 'RFC 8628 §3.5, §5.1', 'Waiting, slowing down and expiry have error codes.'),
  ]),
};

export const BEST_PRACTICE = {
  title: 'Best current practice',
  intro: 'What RFC 9700 asks beyond the rows above.',
  rows: [
    should(
      'BCP-01',
      'RFC 9700 §2.2.1, §2.3, §2.6',
      'Tokens can be had for one audience and for less than all scopes, and the metadata is published. (Bound tokens: MT, DP.)',
    ),
    mustNot('BCP-02', 'RFC 9700 §2.4', "There is no grant that takes a person's password."),
  ],
};
