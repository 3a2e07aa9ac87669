import { must, notApplicable, own } from '../row.mjs';

export const REGISTRATION = {
  title: 'Dynamic registration',
  intro: 'Clients that register themselves.',
  rows: notApplicable("clients are registered through the organization's API alone", [
    must(
      'DR-01',
      'RFC 7591 §3.1, §3.2.1',
      'Registering is 201 with everything that was registered, not to be cached.',
    ),
    must('DR-02', 'RFC 7591 §3.2.1', 'With a secret comes the time at which it expires.'),
    must('DR-03', 'RFC 7591 §2, §3.2.2', 'Unknown metadata is passed over, bad metadata is named.'),
    must(
      'DR-04',
      'RFC 7592 §2.1-2.3',
      'A registration is read, replaced and deleted by its token.',
    ),
    must('DR-05', 'RFC 7592 §2.3', 'With a client go its grants and tokens.'),
    own('DR-06', 'RFC 7591 §3, §5', 'Registering takes a token of an organization.'),
  ]),
};
