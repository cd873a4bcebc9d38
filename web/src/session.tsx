import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";

import { api, ApiError, type CameraState, type Me, useToken } from "./api";

interface Session {
  state: CameraState;
  /** Null while nobody is logged in. */
  me: Me | null;
  enter(me: Me): void;
  leave(): void;
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
  const session = useMemo<Session | null>(
    () =>
      state.data
        ? {
            state: state.data,
            me: me.data ?? null,
            enter: (who) => {
              useToken(who.csrf);
              client.setQueryData(["me"], who);
              void client.invalidateQueries({ queryKey: ["state"] });
            },
            leave: () => {
              useToken(null);
              client.setQueryData(["me"], null);
            },
          }
        : null,
    [state.data, me.data, client],
  );
  if (!session || (!session.state.setup_needed && me.isPending)) return waiting(state.failureReason?.message ?? null);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}
