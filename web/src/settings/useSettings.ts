import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, type SettingValue } from "../api";
import { useSession } from "../session";
import { mayWrite, type Row, rowsByPath, type Schema, type SectionRows, sections } from "./schema";

export type Values = Record<string, SettingValue>;

export interface SettingsAccess {
  values: Values;
  sections: SectionRows[];
  /** Settings that are saved and wait for the next start, by path. */
  restartNeeded: string[];
  row(path: string): Row | undefined;
  mayWrite(path: string): boolean;
  /** All of the changes or none. Throws ApiError. */
  change(changes: Values): Promise<void>;
}

/** The camera's settings with their declaration; ``access`` is null until both are here. */
export function useSettings(): { access: SettingsAccess | null; problem: string | null } {
  const { me } = useSession();
  const client = useQueryClient();
  const schema = useQuery({ queryKey: ["schema"], queryFn: api.schema, staleTime: Infinity });
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings });
  const declared = useMemo(() => {
    const data = schema.data as unknown as Schema | undefined;
    return data && { sections: sections(data), rows: rowsByPath(data) };
  }, [schema.data]);
  const access = useMemo<SettingsAccess | null>(() => {
    if (!declared || !settings.data) return null;
    return {
      values: settings.data.values,
      sections: declared.sections,
      restartNeeded: settings.data.restart_needed,
      row: (path) => declared.rows.get(path),
      mayWrite: (path) => mayWrite(me?.role ?? "none", declared.rows.get(path)?.write ?? null),
      change: async (changes) => {
        client.setQueryData(["settings"], await api.change(changes));
        for (const key of ["views", "state", "lens", "installation", "level-grid"]) void client.invalidateQueries({ queryKey: [key] });
      },
    };
  }, [declared, settings.data, me?.role, client]);
  return { access, problem: (schema.error ?? settings.error)?.message ?? null };
}
