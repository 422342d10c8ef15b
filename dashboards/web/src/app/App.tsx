import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useMemo, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { ApiError } from '../api/client';
import { LiveProvider } from '../live/LiveProvider';
import { sessionMarker } from '../session/marker';
import { SessionGate } from '../session/SessionGate';
import { antdTheme } from '../theme/antd';
import { usePreferences } from './preferences';
import { PreferencesProvider } from './PreferencesProvider';
import { Screens } from './Screens';

const RETRIES = 2;

/** A session that has ended shows itself in any answer: ask for it again, which leads to the sign-in page. */
function createClient(): QueryClient {
  const onError = (error: Error) => {
    if (!(error instanceof ApiError) || error.status !== 401 || !sessionMarker.isSet()) return;
    sessionMarker.clear();
    void client.invalidateQueries({ queryKey: ['session'] });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  });
  return client;
}

function Themed() {
  const { language, theme } = usePreferences();
  const antd = useMemo(() => antdTheme(theme), [theme]);
  return (
    <ConfigProvider theme={antd} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }} wave={{ disabled: true }}>
      <SessionGate>
        <LiveProvider>
          <Screens />
        </LiveProvider>
      </SessionGate>
    </ConfigProvider>
  );
}

export function App() {
  const [client] = useState(createClient);
  return (
    <QueryClientProvider client={client}>
      <PreferencesProvider>
        <BrowserRouter>
          <Themed />
        </BrowserRouter>
      </PreferencesProvider>
    </QueryClientProvider>
  );
}
