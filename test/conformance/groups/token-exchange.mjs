import { must, notApplicable, own, should } from '../row.mjs';

export const TOKEN_EXCHANGE = {
  title: 'Token exchange',
  intro: 'One token given for another.',
  rows: notApplicable('token exchange is not offered yet', [
    must('TX-01', 'RFC 8693 §2.1', 'A subject token and its type are needed.'),
    must('TX-02', 'RFC 8693 §2.1', "An actor's token and its type come together or not at all."),
    must('TX-03', 'RFC 8693 §2.2.2', 'A token that is not taken is 400 `invalid_request`.'),
    should('TX-04', 'RFC 8693 §2.2.2', 'A target that is refused is `invalid_target`.'),
    must(
      'TX-05',
      'RFC 8693 §2.2.1',
      'The answer names the type of what was issued, and the scope where it is another.',
    ),
    must('TX-06', 'RFC 8693 §4.1', 'Of nested actors only the outermost counts.'),
    own('TX-07', 'RFC 8693 §2.1', 'Nothing that was exchanged can do more, or lives longer.'),
  ]),
};

export const WORKLOADS = {
  title: 'Workload identity',
  intro: "Workloads that show their platform's token instead of a secret.",
  rows: notApplicable('workload identities are not taken yet', [
    own('WI-01', '', 'A rule of trust has a condition on the subject, or is not saved.'),
    own(
      'WI-02',
      'GitHub Actions',
      'Conditions are on ids that do not change; the audience is ours.',
    ),
    own('WI-03', 'Kubernetes', 'Namespace and service account count, also with a pasted key set.'),
    own('WI-04', 'SPIFFE', 'Ids match by whole segments of the path within a trust domain.'),
    own('WI-05', '', 'One rule serves assertion, grant and exchange.'),
    own('WI-06', '', 'What is disabled or removed is refused at once.'),
    own('WI-07', 'RFC 7523 §3', 'A token counts once where it has an id, and not when it is old.'),
  ]),
};
