import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { AUDIT_FILTERS } from './audit/audit-queries';
import { KEY_FILTERS } from './api-keys/api-key-queries';
import { me, organizations } from './api/queries';
import { Refusal } from './api/refusal';
import { BASE } from './entrance/place';
import { SignIn } from './entrance/SignIn';
import { texts } from './router-search';
import { BrokenPage, MissingPage, WaitingPage } from './shell/OtherPages';
import { Reports } from './states/reports';

interface Context {
  readonly queries: QueryClient;
}

const DIALOG = ['dialog', 'of'] as const;

const root = createRootRouteWithContext<Context>()({
  component: () => (
    <Reports>
      <Outlet />
    </Reports>
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search) => texts(search, ['next']),
  component: SignIn,
});
const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./entrance/SetUp'), 'SetUp'),
});
const acceptInvitation = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  component: lazyRouteComponent(() => import('./entrance/AcceptInvitation'), 'AcceptInvitation'),
});
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./entrance/ResetPassword'), 'ResetPassword'),
});
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: '/verify-email',
  component: lazyRouteComponent(() => import('./entrance/VerifyEmail'), 'VerifyEmail'),
});

/** Whoever is not signed in is asked to, and comes back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Outlet,
  beforeLoad: async ({ context: { queries }, location }) => {
    await queries.query({ ...me, staleTime: 'static' }).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      const next = location.pathname === '/' ? undefined : location.publicHref;
      redirect({ to: '/sign-in', search: next === undefined ? {} : { next }, throw: true });
    });
  },
});
const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: async ({ context: { queries } }) => {
    const [first] = await queries.query({ ...organizations, staleTime: 'static' });
    if (!first) redirect({ to: '/new-organization', throw: true });
    else redirect({ to: '/orgs/$slug/overview', params: { slug: first.slug }, throw: true });
  },
});
const newOrganization = createRoute({
  getParentRoute: () => signedIn,
  path: '/new-organization',
  component: lazyRouteComponent(() => import('./organizations/NewOrganization'), 'NewOrganization'),
});
const profile = createRoute({
  getParentRoute: () => signedIn,
  path: '/profile',
  component: lazyRouteComponent(() => import('./profile/Profile'), 'Profile'),
});
const deviceLogin = createRoute({
  getParentRoute: () => signedIn,
  path: '/cli/login',
  validateSearch: (search) => texts(search, ['session']),
  component: lazyRouteComponent(() => import('./device-login/DeviceLogin'), 'DeviceLogin'),
});

const organization = createRoute({
  getParentRoute: () => signedIn,
  path: '/orgs/$slug',
  component: lazyRouteComponent(() => import('./shell/Shell'), 'Shell'),
  beforeLoad: async ({ context: { queries }, params: { slug } }) => {
    const own = await queries.query({ ...organizations, staleTime: 'static' });
    const found = own.find((one) => one.slug === slug);
    if (!found) throw new MissingOrganization();
    return { organization: found };
  },
  errorComponent: ({ error }) =>
    error instanceof MissingOrganization ? <MissingPage /> : <BrokenPage error={error} />,
});

/** No organization of his has the slug in the address. */
class MissingOrganization extends Error {
  override readonly name = 'MissingOrganization';
}

const pageOf = () => organization;
const pages = [
  createRoute({
    getParentRoute: pageOf,
    path: '/get-started',
    component: lazyRouteComponent(() => import('./get-started/GetStarted'), 'GetStarted'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/overview',
    component: lazyRouteComponent(() => import('./overview/Overview'), 'Overview'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/members',
    validateSearch: (search) => texts(search, ['q', 'role', 'status', ...DIALOG]),
    component: lazyRouteComponent(() => import('./members/Members'), 'Members'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/invitations',
    validateSearch: (search) => texts(search, ['status', ...DIALOG]),
    component: lazyRouteComponent(() => import('./invitations/Invitations'), 'Invitations'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/projects',
    validateSearch: (search) => texts(search, DIALOG),
    component: lazyRouteComponent(() => import('./projects/Projects'), 'Projects'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/api-keys',
    validateSearch: (search) => texts(search, [...KEY_FILTERS, ...DIALOG]),
    component: lazyRouteComponent(() => import('./api-keys/ApiKeys'), 'ApiKeys'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/oauth-clients',
    validateSearch: (search) => texts(search, DIALOG),
    component: lazyRouteComponent(() => import('./oauth-clients/OAuthClients'), 'OAuthClients'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/try-it',
    validateSearch: (search) => texts(search, ['operation']),
    component: lazyRouteComponent(() => import('./try-it/TryIt'), 'TryIt'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/audit',
    validateSearch: (search) => texts(search, AUDIT_FILTERS),
    component: lazyRouteComponent(() => import('./audit/Audit'), 'Audit'),
  }),
  createRoute({
    getParentRoute: pageOf,
    path: '/settings',
    validateSearch: (search) => texts(search, DIALOG),
    component: lazyRouteComponent(() => import('./settings/Settings'), 'Settings'),
  }),
] as const;

const routeTree = root.addChildren([
  signIn,
  setUp,
  acceptInvitation,
  resetPassword,
  verifyEmail,
  signedIn.addChildren([
    home,
    newOrganization,
    profile,
    deviceLogin,
    organization.addChildren(pages),
  ]),
]);

export function createDashboardRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: BASE,
    context: { queries },
    defaultPreload: 'intent',
    defaultNotFoundComponent: MissingPage,
    defaultErrorComponent: BrokenPage,
    defaultPendingComponent: WaitingPage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
}
