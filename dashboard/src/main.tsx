import './look/nonce';
import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import './look/page.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/queries';
import { styleNonce } from './look/nonce';
import { cssVariables, theme } from './look/theme';
import { createDashboardRouter } from './router';
import { Announcements } from './states/announcements';
import { startWords } from './words';

const queries = createQueryClient(() => {
  const { matches, location } = router.state;
  // Pages for whoever has no session yet know what to make of that answer.
  if (!matches.some(({ routeId }) => routeId.startsWith('/signed-in'))) return;
  queries.clear();
  void router.navigate({ to: '/sign-in', search: { next: location.publicHref }, replace: true });
});
const router = createDashboardRouter(queries);

await startWords();
const place = document.getElementById('root');
if (!place) throw new Error('the page has no #root');
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queries}>
        <Announcements>
          <RouterProvider router={router} />
        </Announcements>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
