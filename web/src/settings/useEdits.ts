import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { ApiError, saying, type SettingValue } from "../api";
import { fault, remedy, type Row, shown } from "./schema";
import type { SettingsAccess, Values } from "./useSettings";

/** Settings that are edited first and saved together. */
export function useEdits(access: SettingsAccess, rows: Row[]) {
  const [edits, setEdits] = useState<Values>({});
  const [refusal, setRefusal] = useState<{ field: string | null; message: string } | null>(null);
  const [saving, setSaving] = useState(false);
  const changed = Object.fromEntries(Object.entries(edits).filter(([path, value]) => shown(value) !== shown(access.values[path])));
  const faults = new Map(rows.flatMap((row) => (row.path in changed ? [[row.path, fault(row, changed[row.path] ?? null)] as const] : [])));
  const wrong = [...faults.values()].some((each) => each !== null);

  const save = async () => {
    setSaving(true);
    setRefusal(null);
    const later = rows.some(({ path, restart }) => restart && path in changed);
    try {
      await access.change(changed);
      setEdits({});
      notifications.show({ message: later ? "Saved. It takes effect at the next start." : "Saved. It is in effect.", color: "teal" });
    } catch (error) {
      setRefusal({ field: error instanceof ApiError ? error.field : null, message: saying(error) });
    } finally {
      setSaving(false);
    }
  };

  return {
    value: (path: string): SettingValue => (path in edits ? (edits[path] ?? null) : (access.values[path] ?? null)),
    error: (path: string) => (refusal?.field === path ? remedy(refusal.message, path) : (faults.get(path) ?? null)),
    /** A refusal that belongs to none of the fields. */
    refusal: refusal && !rows.some(({ path }) => path === refusal.field) ? refusal.message : null,
    set: (path: string, value: SettingValue) => {
      setEdits((all) => ({ ...all, [path]: value }));
      if (refusal?.field === path) setRefusal(null);
    },
    dirty: Object.keys(changed).length > 0,
    maySave: Object.keys(changed).length > 0 && !wrong,
    saving,
    save,
    undo: () => {
      setEdits({});
      setRefusal(null);
    },
  };
}

export type Edits = ReturnType<typeof useEdits>;
