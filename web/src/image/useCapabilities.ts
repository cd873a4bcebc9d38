import { useQuery } from "@tanstack/react-query";

import { api, type Capability } from "../api";

const UNKNOWN: Capability = { path: "", supported: true, how: null, reason: "" };

/** What the source can do, by the path of the setting; everything, until that is known. */
export function useCapabilities(): (path: string) => Capability {
  const { data } = useQuery({ queryKey: ["capabilities"], queryFn: api.capabilities, refetchInterval: 5_000 });
  return (path) => data?.find((each) => each.path === path) ?? UNKNOWN;
}
