import type { Icon } from '@tabler/icons-react';
import {
  IconApps,
  IconChecklist,
  IconFolder,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconMailPlus,
  IconSend,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react';

/** The pages of an organization, in the order of the navigation; `place` is the end of the address. */
export const PAGES = [
  { name: 'getStarted', place: 'get-started', icon: IconChecklist },
  { name: 'overview', place: 'overview', icon: IconLayoutDashboard },
  { name: 'oauthClients', place: 'oauth-clients', icon: IconApps },
  { name: 'apiKeys', place: 'api-keys', icon: IconKey },
  { name: 'tryIt', place: 'try-it', icon: IconSend },
  { name: 'members', place: 'members', icon: IconUsers },
  { name: 'invitations', place: 'invitations', icon: IconMailPlus },
  { name: 'projects', place: 'projects', icon: IconFolder },
  { name: 'audit', place: 'audit', icon: IconListSearch },
  { name: 'settings', place: 'settings', icon: IconSettings },
] as const satisfies readonly { name: string; place: string; icon: Icon }[];
