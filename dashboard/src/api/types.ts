import type { components } from '../../../dist/api/schema';

/** The shapes of the API by shorter names; docs/api.md says what is behind them. */
type Schemas = components['schemas'];
export type ApiKey = Schemas['ApiKeyBody'];
export type AttentionItem = Schemas['AttentionItemBody'];
export type AuditEvent = Schemas['AuditEventBody'];
export type ClientSecret = Schemas['ClientSecretBody'];
export type Invitation = Schemas['InvitationBody'];
export type InvitationResult = Schemas['InvitationResultBody'];
export type IssuedSecret = Schemas['IssuedSecretBody'];
export type ListedApiKey = Schemas['ListedApiKeyBody'];
export type Member = Schemas['MemberBody'];
export type OAuthClient = Schemas['OAuthClientBody'];
export type Organization = Schemas['OwnOrganizationBody'];
export type Project = Schemas['ProjectBody'];
export type UsageDay = Schemas['UsageDayBody'];
