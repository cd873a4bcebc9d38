import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { saying } from "../api";
import type { Place } from "./api";

export type Act = (change: () => Promise<unknown>) => Promise<boolean>;

export interface DrawnAccess<D> {
  data: D | null;
  problem: string | null;
  /** Carry out a change and show it; what the camera refuses is said. True when it was done. */
  act: Act;
}

interface Source<D> {
  /** Of the query. */
  key: string;
  list(place: Place): Promise<D>;
  /** The same without outlines, for while those of another view are on their way. */
  bare(data: D): D;
}

/** All things of a sort as the view at ``place`` shows them, asked for again every ``everyMs``. */
export function useDrawn<D>({ key, list, bare }: Source<D>, place: Place | null, everyMs: number): DrawnAccess<D> {
  const client = useQueryClient();
  const query = useQuery<D>({
    queryKey: [key, place?.view, place?.resolution],
    queryFn: () => list(place as Place),
    enabled: place !== null,
    refetchInterval: everyMs,
    placeholderData: ((before: D | undefined) => before && bare(before)) as never,
  });
  const act = async (change: () => Promise<unknown>) => {
    const done = await change().then(
      () => true,
      (error: unknown) => {
        notifications.show({ message: saying(error), color: "red" });
        return false;
      },
    );
    await client.invalidateQueries({ queryKey: [key] });
    void client.invalidateQueries({ queryKey: ["settings"] });
    return done;
  };
  return { data: query.data ?? null, problem: query.error?.message ?? null, act };
}
