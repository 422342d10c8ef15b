import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { api } from '../api/client';
import { queries } from '../api/queries';
import type { Session } from '../api/types';
import { sessionMarker } from './marker';
import { SessionContext } from './SessionContext';
import { SignIn } from './SignIn';

/** Shows its children to a person who is signed in, and the sign-in form to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [worthAsking, setWorthAsking] = useState(sessionMarker.isSet);
  const { data, error } = useQuery({ ...queries.session(), enabled: worthAsking });

  const enter = useCallback(
    (session: Session) => {
      sessionMarker.set();
      client.setQueryData(['session'], session);
      setWorthAsking(true);
    },
    [client],
  );
  const leave = useCallback(() => {
    sessionMarker.clear();
    setWorthAsking(false);
    void api.delete('/session').finally(() => client.clear());
  }, [client]);
  const value = useMemo(() => (data ? { session: data, leave } : null), [data, leave]);

  if (worthAsking && value && !error) return <SessionContext value={value}>{children}</SessionContext>;
  if (worthAsking && !error) return null;
  return <SignIn onEnter={enter} />;
}
