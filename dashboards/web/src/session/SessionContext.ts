import { createContext, useContext } from 'react';
import type { Session } from '../api/types';

export interface SignedIn {
  session: Session;
  leave: () => void;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const value = useContext(SessionContext);
  if (!value) throw new Error('useSession outside SessionGate');
  return value;
}

/** A person of a hospital sees orders and shipments of that hospital and nothing else. */
export function isHospital(session: Session): boolean {
  return session.roles.includes('hospital') && session.roles.length === 1;
}

export function isEngineer(session: Session): boolean {
  return session.roles.includes('engineer') || session.roles.includes('administrator');
}
