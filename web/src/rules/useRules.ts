import { notifications } from "@mantine/notifications";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, saying } from "../api";
import { type Catalogue, type Rule, rules, type Words } from "./calls";
import { type Draft, wishOf } from "./draft";
import { schedules } from "./schedules";

const EVERY_MS = 1000;
const NEWS_MS = 4000;

/** The rules and schedules as they are now, and a way to change them that says how it went. */
export function useRules() {
  const client = useQueryClient();
  const all = useQuery({ queryKey: ["rules"], queryFn: rules.read, refetchInterval: EVERY_MS });
  const plans = useQuery({ queryKey: ["schedules"], queryFn: schedules.read, refetchInterval: EVERY_MS });

  /** Do something; returns its answer, or null and a notification when it was refused. */
  const act = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
      return null;
    } finally {
      await Promise.all(["rules", "schedules", "catalogue"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    }
  };
  return { rules: all.data?.rules ?? null, most: all.data?.most ?? 0, schedules: plans.data ?? null, problem: (all.error ?? plans.error)?.message ?? null, act };
}

export type Act = ReturnType<typeof useRules>["act"];

/** What conditions and actions there are now, with the instances that exist. */
export function useCatalogue(): { catalogue: Catalogue | null; problem: string | null } {
  const { data, error } = useQuery({
    queryKey: ["catalogue"],
    queryFn: async (): Promise<Catalogue> => {
      const [conditions, actions] = await Promise.all([rules.conditions(), rules.actions()]);
      return { conditions, actions };
    },
  });
  return { catalogue: data ?? null, problem: error?.message ?? null };
}

/** The sentence of a draft as the camera makes it; the one before until it comes. */
export function useWords(draft: Draft): Words | null {
  const { conditions, trigger, wait, action } = wishOf(draft);
  const wish = { conditions, trigger, wait, ...action };
  const { data } = useQuery({ queryKey: ["rule-words", wish], queryFn: () => rules.words(wish), placeholderData: keepPreviousData, retry: false });
  return data ?? null;
}

/** The last news of each stateful condition, looked at every second. */
export function useConditions() {
  return useQuery({ queryKey: ["conditions"], queryFn: api.conditions, refetchInterval: EVERY_MS }).data ?? [];
}

/** The rules that have been started in the last few seconds: what happens once is over before anybody sees it. */
export function useStarted(all: readonly Rule[]): ReadonlySet<number> {
  const known = useRef(new Map<number, number>());
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => {
    const begun = all.filter(({ id, starts }) => starts > (known.current.get(id) ?? starts)).map(({ id }) => id);
    known.current = new Map(all.map(({ id, starts }) => [id, starts]));
    if (begun.length === 0) return;
    setFresh((before) => new Set([...before, ...begun]));
    window.setTimeout(() => setFresh((before) => new Set([...before].filter((id) => !begun.includes(id)))), NEWS_MS);
  }, [all]);
  return fresh;
}
