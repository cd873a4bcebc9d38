import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { saying } from "../api";
import { ptz } from "./ptz";

const EVERY_MS = 1000;

/** The view areas and tours as they are now, and a way to change them that says how it went. */
export function usePtz() {
  const client = useQueryClient();
  const areas = useQuery({ queryKey: ["ptz"], queryFn: ptz.areas, refetchInterval: EVERY_MS });
  const tours = useQuery({ queryKey: ["tours"], queryFn: ptz.tours, refetchInterval: EVERY_MS });
  const refresh = () => Promise.all(["ptz", "tours", "settings"].map((key) => client.invalidateQueries({ queryKey: [key] })));

  /** Do something; ``said`` is shown when it worked, with a button that takes it back if there is one. Returns whether it did. */
  const act = async (work: () => Promise<unknown>, said?: string): Promise<boolean> => {
    try {
      await work();
      if (said) notifications.show({ message: said, color: "teal" });
      return true;
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
      return false;
    } finally {
      await refresh();
    }
  };
  return { areas: areas.data ?? null, tours: tours.data ?? [], problem: (areas.error ?? tours.error)?.message ?? null, act };
}

export type Act = ReturnType<typeof usePtz>["act"];
