import { useRef, useState } from "react";

import { saying, type SettingValue } from "../api";
import type { SettingsAccess, Values } from "./useSettings";

export interface Instant {
  value(path: string): SettingValue;
  error(path: string): string | null;
  /** Show and apply a value now. While a slider is dragged only the newest value waits for the camera. */
  set(path: string, value: SettingValue): void;
  /** The gesture is over: from here on it is one step for ``undo``. */
  done(): void;
  /** ``set`` and ``done`` in one. */
  apply(path: string, value: SettingValue): void;
  /** One more step for ``undo``: values that something else has changed. */
  note(step: Values): void;
  undo(): void;
  mayUndo: boolean;
}

/** Settings that take effect while they are being changed, with undo instead of a save button. */
export function useInstant(access: SettingsAccess): Instant {
  const [drafts, setDrafts] = useState<Values>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [past, setPast] = useState<Values[]>([]);
  const before = useRef<Values>({});
  const waiting = useRef<Values>({});
  const sending = useRef(false);
  const latest = useRef(access);
  latest.current = access;

  const send = async () => {
    if (sending.current) return;
    sending.current = true;
    while (Object.keys(waiting.current).length > 0) {
      const changes = waiting.current;
      waiting.current = {};
      await latest.current.change(changes).then(
        () => setErrors((all) => omit(all, Object.keys(changes))),
        (error: unknown) => setErrors((all) => ({ ...all, ...Object.fromEntries(Object.keys(changes).map((path) => [path, saying(error)])) })),
      );
    }
    sending.current = false;
    setDrafts({});
  };

  const put = (changes: Values) => {
    setDrafts((all) => ({ ...all, ...changes }));
    waiting.current = { ...waiting.current, ...changes };
    void send();
  };
  const value = (path: string) => drafts[path] ?? access.values[path] ?? null;
  const set = (path: string, next: SettingValue) => {
    if (!(path in before.current)) before.current[path] = value(path);
    put({ [path]: next });
  };
  const done = () => {
    const step = before.current;
    before.current = {};
    if (Object.keys(step).length > 0) setPast((all) => [...all, step]);
  };
  return {
    value,
    error: (path) => errors[path] ?? null,
    set,
    done,
    apply: (path, next) => {
      set(path, next);
      done();
    },
    note: (step) => setPast((all) => [...all, step]),
    undo: () => {
      const open = before.current;
      if (Object.keys(open).length > 0) {
        before.current = {};
        put(open);
        return;
      }
      const step = past.at(-1);
      if (!step) return;
      setPast(past.slice(0, -1));
      put(step);
    },
    mayUndo: past.length > 0 || Object.keys(before.current).length > 0,
  };
}

function omit<T>(all: Record<string, T>, paths: string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([path]) => !paths.includes(path)));
}
