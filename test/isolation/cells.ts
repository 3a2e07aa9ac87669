import type { Answer } from '../support/keycap.js';
import type { Admission } from './admission.js';
import { admissionElsewhere, admissionOf } from './admission.js';
import type { Credential } from './credentials.js';
import type { Kind, Objects } from './objects.js';
import { absentObjects, malformedObjects, mistypedObjects } from './objects.js';
import type { Filled, Filling } from './requests.js';
import { idsFrom, kindsOf, send } from './requests.js';
import type { Tenant } from './tenant.js';
import { Maker } from './tenant.js';

/** Two tenants, and whoever calls on behalf of the first. */
export interface World {
  readonly own: Tenant;
  readonly foreign: Tenant;
  readonly credentials: readonly Credential[];
}

type Ids = Readonly<Record<string, string>>;

interface NamedIds {
  readonly name: string;
  readonly ids: Ids;
}

/** A request that is to be answered as the one for what is absent. */
interface Twin {
  readonly name: string;
  readonly filling: Omit<Filling, 'as'>;
}

/** All cells of one operation and one credential. */
export class Cells {
  private readonly absent = absentObjects();
  private readonly surprises: string[] = [];
  private readonly admission: Admission;
  private readonly names: readonly (readonly [string, readonly Kind[]])[];
  private readonly inOrganization: boolean;
  /** How many requests were made. */
  count = 0;

  constructor(
    private readonly world: World,
    private readonly operation: Filled,
    private readonly credential: Credential,
  ) {
    this.admission = admissionOf(operation, credential);
    this.names = Object.entries(operation.row.path ?? {}).map(
      ([name, kinds]) => [name, kindsOf(kinds)] as const,
    );
    this.inOrganization = this.names.some(([name]) => name === 'orgID');
  }

  /** What is not as it should be, as sentences. */
  async run(): Promise<readonly string[]> {
    if (!this.isLookedAt()) return [];
    if (this.inOrganization && !this.credential.isOfBoth) await this.foreignOrganizations();
    if (this.mayBeOwn()) {
      for (const [index] of this.names.entries()) await this.foreignObjects(index);
      await this.references();
      // Last: what is used up is missing nowhere.
      await this.ownObjects();
    }
    return this.surprises;
  }

  /** Where no credential is read, some kinds of them stand for all. */
  private isLookedAt(): boolean {
    const isRead = this.operation.security.length > 0;
    return isRead || ['nobody', 'the owner', 'a key', 'a client'].includes(this.credential.name);
  }

  /** Whether there is anything of the tenant that the credential could be at home in. */
  private mayBeOwn(): boolean {
    const { name, isOfBoth } = this.credential;
    return this.inOrganization ? name !== 'a stranger' : !isOfBoth;
  }

  /** These see all organizations, where they are let in. */
  private seesAll(): boolean {
    return ['operator', 'resource server'].includes(this.credential.kind);
  }

  private async foreignOrganizations(): Promise<void> {
    const { foreign } = this.world;
    const { row } = this.operation;
    const [absent, theirs] = [idsFrom(row, this.absent), idsFrom(row, foreign.objects)];
    const expected = admissionElsewhere(this.operation, this.credential);
    const hasMore = this.names.length > 1 && expected === 404;
    const twins = [
      { name: 'a foreign organization', ids: theirs },
      ...(hasMore ? this.mixtures(absent, theirs) : []),
      ...(expected === 404 ? this.garbage(0) : []),
    ];
    await this.compare(
      { name: 'an absent organization', filling: { ids: absent } },
      twins.map(({ name, ids }) => ({ name, filling: { ids } })),
      expected,
    );
  }

  private mixtures(absent: Ids, theirs: Ids): NamedIds[] {
    const own = idsFrom(this.operation.row, this.world.own.objects);
    return [
      { name: 'own objects in a foreign organization', ids: { ...own, orgID: theirs.orgID! } },
      { name: 'foreign objects in an absent one', ids: { ...theirs, orgID: absent.orgID! } },
    ];
  }

  /** From one id of the path on everything is foreign; what stands before it is the own. */
  private async foreignObjects(index: number): Promise<void> {
    const { row } = this.operation;
    const [name, kinds] = this.names[index]!;
    if (name === 'orgID' || this.seesAll()) return;
    const { own, foreign } = this.world;
    const before = idsFrom(row, own.objects);
    const after = this.names.slice(index).map(([each]) => each);
    const from = (objects: Objects, kind = kinds[0]!): Ids => ({
      ...before,
      ...Object.fromEntries(Object.entries(idsFrom(row, objects)).filter(isOneOf(after))),
      [name]: objects[kind],
    });
    const others = kinds.slice(1);
    const isOpen = this.admission === 'in' && row.elsewhere?.[this.credential.name] === undefined;
    const twins = [
      ...kinds.map((kind) => ({ name: `a foreign ${kind}`, ids: from(foreign.objects, kind) })),
      ...others.map((kind) => ({ name: `an absent ${kind}`, ids: from(this.absent, kind) })),
      ...this.siblings(name, kinds[0]!, before),
      ...(isOpen ? this.garbage(index) : []),
    ];
    const { elsewhere = {} } = row;
    const refusal = this.admission === 'in' ? 404 : this.admission;
    await this.compare(
      { name: `an absent ${name}`, filling: { ids: from(this.absent) } },
      twins.map(({ name: twin, ids }) => ({ name: twin, filling: { ids } })),
      elsewhere[this.credential.name] ?? refusal,
    );
  }

  /** What belongs to something else of the same organization. */
  private siblings(name: string, kind: Kind, before: Ids): NamedIds[] {
    const siblings: Partial<Objects> = this.world.own.siblings;
    const sibling = siblings[kind];
    const isVisible = kind === 'project' && !this.credential.isConfined;
    if (sibling === undefined || isVisible) return [];
    return [{ name: `a ${kind} of another`, ids: { ...before, [name]: sibling } }];
  }

  /** An id that can't be one, with own ids before it and absent ones behind. */
  private garbage(index: number): NamedIds[] {
    const { row } = this.operation;
    const { objects } = this.world.own;
    const [name] = this.names[index]!;
    const before = this.names.slice(0, index).map(([each]) => each);
    const own = Object.entries(idsFrom(row, objects)).filter(isOneOf(before));
    const around = { ...idsFrom(row, this.absent), ...Object.fromEntries(own) };
    return [
      { name: `an id of another kind as ${name}`, objects: mistypedObjects(objects) },
      { name: `a malformed ${name}`, objects: malformedObjects(objects) },
    ].map((one) => ({
      name: one.name,
      ids: { ...around, [name]: idsFrom(row, one.objects)[name]! },
    }));
  }

  /** What the query and the body name. */
  private async references(): Promise<void> {
    const { row } = this.operation;
    if (this.admission !== 'in' || this.seesAll()) return;
    for (const place of ['query', 'body'] as const) {
      for (const [name, named] of Object.entries(row[place] ?? {})) {
        for (const kind of kindsOf(named)) await this.reference(place, name, kind);
      }
    }
  }

  private async reference(place: 'query' | 'body', name: string, kind: Kind): Promise<void> {
    const { own, foreign } = this.world;
    const good = this.operation.row.sending?.(own.objects, own)[name];
    const to = (objects: Objects): Omit<Filling, 'as'> => {
      const value = Array.isArray(good) ? [objects[kind]] : objects[kind];
      return {
        ids: idsFrom(this.operation.row, own.objects),
        [place]: { [name]: value },
      };
    };
    await this.compare(
      { name: `an absent ${kind} as ${name}`, filling: to(this.absent) },
      [{ name: `a foreign ${kind} as ${name}`, filling: to(foreign.objects) }],
      null,
    );
  }

  private async ownObjects(): Promise<void> {
    const { own } = this.world;
    const { row } = this.operation;
    const expected = this.expectedOfOwn();
    const isIn = this.admission === 'in';
    const make = Maker.in(own);
    const fresh = isIn ? await row.fresh?.(make, this.credential) : undefined;
    const as = isIn ? await row.freshCredential?.(make, this.credential) : undefined;
    const { foreign } = this.world;
    const answer = await this.ask({
      ids: idsFrom(row, { ...own.objects, ...fresh }),
      ...(row.own === 'spoiled' && { body: { colour: 'red' } }),
      // The tenant comes from the credential and the path alone.
      headers: {
        'x-organization-id': foreign.id,
        'x-tenant-id': foreign.id,
        'x-user-id': foreign.owner.id,
        'x-forwarded-user': foreign.owner.email,
      },
      ...(as !== undefined && { as }),
    });
    this.expectStatus('own objects', answer, expected);
  }

  private expectedOfOwn(): number {
    if (this.admission !== 'in') return this.admission;
    const { row, responses } = this.operation;
    const success = Number(Object.keys(responses).find((status) => status.startsWith('2')));
    if (row.own === 'spoiled') return 400;
    if (typeof row.own === 'number') return row.own;
    return row.own?.[this.credential.name] ?? success;
  }

  /** Every twin is answered byte for byte as the first is, which has this status. */
  private async compare(
    first: Twin,
    twins: readonly Twin[],
    status: 'in' | number | null,
  ): Promise<void> {
    const reference = await this.ask(first.filling);
    if (status !== null && status !== 'in') this.expectStatus(first.name, reference, status);
    for (const { name, filling } of twins) {
      const answer = await this.ask(filling);
      const [one, other] = [seen(reference), seen(answer)];
      if (one !== other) this.surprise(`${name} is ${other}, ${first.name} ${one}`);
    }
  }

  private async ask(filling: Omit<Filling, 'as'> & Partial<Filling>): Promise<Answer<unknown>> {
    this.count++;
    const { as } = this.credential;
    const answer = await send(this.operation, this.world.own, { as, ...filling });
    this.expectNothingForeign(answer);
    return answer;
  }

  private expectNothingForeign({ text }: Answer<unknown>): void {
    if (this.seesAll() || (this.credential.isOfBoth && !this.inOrganization)) return;
    const shown = marksOf(this.world.foreign).filter((mark) => text.includes(mark));
    if (shown.length > 0) this.surprise(`shows ${shown.join(', ')}: ${text}`);
  }

  private expectStatus(what: string, { status, text }: Answer<unknown>, expected: number): void {
    if (status !== expected) {
      this.surprise(`${what}: ${status} instead of ${expected}: ${text.slice(0, 300)}`);
    }
  }

  private surprise(what: string): void {
    this.surprises.push(`${this.credential.name}: ${what}`);
  }
}

function isOneOf(names: readonly string[]): (entry: readonly [string, string]) => boolean {
  return ([name]) => names.includes(name);
}

/** What of an answer a caller sees, but for what differs in each. */
function seen({ status, headers, text }: Answer<unknown>): string {
  const requestId = headers.get('x-request-id') ?? '';
  const shown = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return JSON.stringify([status, text.replaceAll(requestId, ''), shown]);
}

/** Whatever tells that the tenant exists. */
function marksOf({ objects, siblings, owner, admin, member, invitationToken }: Tenant): string[] {
  const people = [owner, admin, member].flatMap(({ id, email, membership, sessionId }) => [
    ...[id, email, membership, sessionId],
  ]);
  return [...Object.values(objects), ...Object.values(siblings), ...people, invitationToken];
}
