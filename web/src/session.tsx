import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";

import { api, ApiError, type CameraState, type Me, onLoggedOut, useToken } from "./api";

interface Session {
  state: CameraState;
  /** Null while nobody is logged in. */
  me: Me | null;
  /** Why the log-in page is shown again, or null on a first visit. */
  farewell: string | null;
  enter(me: Me): void;
  leave(): void;
  /** The camera has ended the session. */
  ended(): void;
  /** Ask the camera again who is here: a lost connection may mean a restart, which logs everybody out. */
  check(): void;
}

const Context = createContext<Session | null>(null);

const loadMe = async (): Promise<Me | null> => {
  try {
    const me = await api.me();
    useToken(me.csrf);
    return me;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
};

/** Who is here, and what state the camera is in, for every page below. */
export function SessionProvider({ children, waiting }: { children: ReactNode; waiting(problem: string | null): ReactNode }) {
  const client = useQueryClient();
  const state = useQuery({ queryKey: ["state"], queryFn: api.state, retry: true, retryDelay: 2000, refetchInterval: 30_000 });
  const me = useQuery({ queryKey: ["me"], queryFn: loadMe, enabled: state.data?.setup_needed === false, retry: 2 });
  const [farewell, setFarewell] = useState<string | null>(null);
  const before = useRef<Me | null>(null);

  useEffect(() => {
    if (before.current && me.data === null) setFarewell("Your session has ended. Log in again.");
    before.current = me.data ?? null;
  }, [me.data]);

  useEffect(() => onLoggedOut(() => client.setQueryData(["me"], null)), [client]);

  const session = useMemo<Session | null>(
    () =>
      state.data
        ? {
            state: state.data,
            me: me.data ?? null,
            farewell,
            enter: (who) => {
              useToken(who.csrf);
              setFarewell(null);
              client.setQueryData(["state"], (old?: CameraState) => old && { ...old, setup_needed: false });
              client.setQueryData(["me"], who);
              void client.invalidateQueries({ queryKey: ["state"] });
            },
            leave: () => {
              useToken(null);
              before.current = null;
              client.setQueryData(["me"], null);
              client.removeQueries({ predicate: ({ queryKey }) => !["state", "me"].includes(String(queryKey[0])) });
            },
            ended: () => {
              client.setQueryData(["me"], null);
              void client.invalidateQueries({ queryKey: ["state"] });
            },
            check: () => {
              void client.invalidateQueries({ queryKey: ["state"] });
              void client.invalidateQueries({ queryKey: ["me"] });
            },
          }
        : null,
    [state.data, me.data, farewell, client],
  );
  if (!session || (!session.state.setup_needed && me.isPending)) return waiting(state.failureReason?.message ?? me.failureReason?.message ?? null);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}
