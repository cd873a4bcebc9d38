import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { saying } from "../api";
import { masks, type Place, type Privacy } from "./api";

/** Outlines follow views that move. */
const MOVING_MS = 500;
const STILL_MS = 5000;

export interface MaskAccess {
  privacy: Privacy | null;
  problem: string | null;
  /** Carry out a change and show it; what the camera refuses is said. True when it was done. */
  act(change: () => Promise<unknown>): Promise<boolean>;
}

/** All masks as the view at ``place`` shows them. */
export function useMasks(place: Place | null, moves: boolean): MaskAccess {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["privacy", place?.view, place?.resolution],
    queryFn: () => masks.list(place as Place),
    enabled: place !== null,
    refetchInterval: moves ? MOVING_MS : STILL_MS,
    placeholderData: (before: Privacy | undefined) => before && { ...before, masks: before.masks.map((mask) => ({ ...mask, outline: null })) },
  });
  const act = async (change: () => Promise<unknown>) => {
    const done = await change().then(
      () => true,
      (error: unknown) => {
        notifications.show({ message: saying(error), color: "red" });
        return false;
      },
    );
    await client.invalidateQueries({ queryKey: ["privacy"] });
    void client.invalidateQueries({ queryKey: ["settings"] });
    return done;
  };
  return { privacy: query.data ?? null, problem: query.error?.message ?? null, act };
}
