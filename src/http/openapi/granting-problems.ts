import {
  InvalidScope,
  ScopeExceedsCreator,
  ScopeNotAllowedForProjectKey,
} from '../../access/scopes/granting.js';
import { type Problem } from '../../problem.js';

/** How it is refused to give a credential more than it can have, or than its maker has. */
export const GRANTING_PROBLEMS: readonly Problem[] = [
  new InvalidScope(['backups:sing']),
  new ScopeNotAllowedForProjectKey(['api_keys:write']),
  new ScopeExceedsCreator('members:write'),
];
