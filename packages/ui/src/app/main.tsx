import './styles.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../api/queries.ts';
import { Toasts } from '../ui/toast.tsx';
import { router } from './router.tsx';

const queries = createQueryClient();
const place = document.getElementById('app');
if (place === null) throw new Error('The page has no element #app');

createRoot(place).render(
  <StrictMode>
    {/* The content security policy of the server allows no inline styles. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
