import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { saying } from "../api";
import { type Fields, type Kind, type Overlay, overlays } from "./calls";

export interface Editor {
  items: Overlay[];
  problem: string | null;
  /** What the camera refused last, by field of the overlay that is being edited. */
  errors: Record<string, string>;
  add(wish: Fields & { kind: Kind }): Promise<Overlay | null>;
  /** Show and apply new values now. While something is dragged only the newest value waits for the camera. */
  set(identity: number, changes: Fields): void;
  /** The gesture is over: from here on it is one step for ``undo``. */
  done(): void;
  remove(overlay: Overlay): Promise<void>;
  undo(): void;
  mayUndo: boolean;
}

type Step = () => Promise<unknown>;

/** The overlays of the camera, which take effect while they are being changed, with undo instead of a save button. */
export function useOverlays(): Editor {
  const client = useQueryClient();
  const query = useQuery({ queryKey: ["overlays"], queryFn: overlays.list });
  const [drafts, setDrafts] = useState<Record<number, Fields>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [past, setPast] = useState<Step[]>([]);
  const waiting = useRef<Record<number, Fields>>({});
  const before = useRef<Record<number, Fields>>({});
  const sending = useRef(false);
  const items = (query.data ?? NONE).map((item) => ({ ...item, ...drafts[item.identity] }) as Overlay);

  const fresh = async () => {
    await client.invalidateQueries({ queryKey: ["overlays"] });
    void client.invalidateQueries({ queryKey: ["outlines"] });
  };
  const remember = (step: Step) => setPast((all) => [...all.slice(-49), step]);
  const show = (error: unknown) => notifications.show({ message: saying(error), color: "red" });

  const send = async () => {
    if (sending.current) return;
    sending.current = true;
    for (;;) {
      const [next] = Object.entries(waiting.current);
      if (!next) break;
      const [identity, changes] = [Number(next[0]), next[1]];
      delete waiting.current[identity];
      await overlays.change(identity, changes).then(
        () => setErrors({}),
        (error: unknown) => setErrors(Object.fromEntries(Object.keys(changes).map((field) => [field, saying(error)]))),
      );
    }
    sending.current = false;
    await fresh();
    if (!sending.current && Object.keys(waiting.current).length === 0) setDrafts({});
  };
  const put = (identity: number, changes: Fields) => {
    setDrafts((all) => ({ ...all, [identity]: { ...all[identity], ...changes } }));
    waiting.current = { ...waiting.current, [identity]: { ...waiting.current[identity], ...changes } };
    void send();
  };

  return {
    items,
    problem: query.error?.message ?? null,
    errors,
    add: async (wish) => {
      try {
        const added = await overlays.add(wish);
        remember(() => overlays.remove(added.identity));
        await fresh();
        return added;
      } catch (error) {
        show(error);
        return null;
      }
    },
    set: (identity, changes) => {
      const item = items.find((each) => each.identity === identity);
      if (!item) return;
      const old = Object.fromEntries(Object.keys(changes).map((field) => [field, item[field as keyof Overlay]])) as Fields;
      before.current = { ...before.current, [identity]: { ...old, ...before.current[identity] } };
      put(identity, changes);
    },
    done: () => {
      const step = Object.entries(before.current);
      before.current = {};
      if (step.length > 0) remember(() => Promise.all(step.map(([identity, fields]) => overlays.change(Number(identity), fields))));
    },
    remove: async (overlay) => {
      try {
        const removed = await overlays.remove(overlay.identity);
        remember(() => overlays.add(removed));
        await fresh();
      } catch (error) {
        show(error);
      }
    },
    undo: () => {
      const step = past.at(-1);
      if (!step) return;
      setPast(past.slice(0, -1));
      setErrors({});
      step().catch(show).finally(() => void fresh());
    },
    mayUndo: past.length > 0,
  };
}

const NONE: Overlay[] = [];
