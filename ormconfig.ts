import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { ApiKey } from './src/api-keys/api-key.entity.js';
import { LeakReport } from './src/api-keys/leaks/leak-report.entity.js';
import { KeyUsage } from './src/api-keys/usage/key-usage.entity.js';
import { NeededScope } from './src/api-keys/usage/needed-scope.entity.js';
import { KeyWindow } from './src/api-keys/verification/limits/key-window.entity.js';
import { DeviceLogin } from './src/api-keys/device-login/device-login.entity.js';
import { ImportedHash } from './src/api-keys/imports/imported-hash.entity.js';
import { ImportedPrefix } from './src/api-keys/imports/imported-prefix.entity.js';
import { AuditEvent } from './src/audit/audit-event.entity.js';
import { AuditKey } from './src/audit/chain/audit-key.entity.js';
import { ChainHead } from './src/audit/chain/chain-head.entity.js';
import { AuditCheckpoint } from './src/audit/checkpoints/audit-checkpoint.entity.js';
import { Change } from './src/changes/change.entity.js';
import { Incarnation } from './src/changes/replicas/incarnation.entity.js';
import { PrimaryClient } from './src/database/primary-client.js';
import { IdempotencyRecord } from './src/http/idempotency/idempotency-record.entity.js';
import * as migrations from './src/migrations/index.js';
import { UsedAssertion } from './src/oauth/authentication/used-assertion.entity.js';
import { AccessToken } from './src/oauth/tokens/access-token.entity.js';
import { ClientUsage } from './src/oauth/tokens/client-usage.entity.js';
import { ReusableToken } from './src/oauth/tokens/reusable-token.entity.js';
import { TokenQuota } from './src/oauth/tokens/token-quota.entity.js';
import { ClientSecret } from './src/oauth/clients/client-secret.entity.js';
import { OAuthClient } from './src/oauth/clients/oauth-client.entity.js';
import { SigningKey } from './src/oauth/signing-keys/signing-key.entity.js';
import { OutgoingMail } from './src/mail/outgoing-mail.entity.js';
import { Invitation } from './src/organizations/invitations/invitation.entity.js';
import { Membership } from './src/organizations/members/membership.entity.js';
import { Organization } from './src/organizations/organization.entity.js';
import { Project } from './src/organizations/projects/project.entity.js';
import { Installation } from './src/setup/installation.entity.js';
import { ExternalIdentity } from './src/users/external/external-identity.entity.js';
import { Session } from './src/users/sessions/session.entity.js';
import { MailedLink } from './src/users/mailed-links/mailed-link.entity.js';
import { User } from './src/users/user.entity.js';

/** Entities and migrations, listed one by one; the schema comes from the migrations alone. */
export function dataSourceOptions(url: string, poolSize = 10): DataSourceOptions {
  return {
    type: 'postgres',
    // Else TypeORM loads one of its own, from node_modules, beside the bundled one.
    driver: pg,
    url,
    entities: [
      AccessToken,
      ApiKey,
      LeakReport,
      AuditCheckpoint,
      AuditEvent,
      AuditKey,
      ChainHead,
      Change,
      ClientSecret,
      ClientUsage,
      DeviceLogin,
      ExternalIdentity,
      IdempotencyRecord,
      ImportedHash,
      ImportedPrefix,
      Incarnation,
      Installation,
      Invitation,
      KeyUsage,
      KeyWindow,
      MailedLink,
      Membership,
      NeededScope,
      OAuthClient,
      Organization,
      OutgoingMail,
      Project,
      ReusableToken,
      Session,
      SigningKey,
      TokenQuota,
      UsedAssertion,
      User,
    ],
    migrations: Object.values(migrations),
    migrationsTableName: 'keycap_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: 'keycap',
    poolSize,
    extra: {
      Client: PrimaryClient,
      // How long a request waits for a connection before it is refused with 503.
      connectionTimeoutMillis: 2000,
      statement_timeout: 2000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 1000,
    },
  };
}

/** For TypeORM's command line: `DATABASE_URL=... npx typeorm -d dist/ormconfig.js ...` */
export default new DataSource(dataSourceOptions(process.env.DATABASE_URL ?? ''));
