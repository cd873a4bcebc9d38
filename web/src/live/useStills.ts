import { useEffect, useState } from "react";

import { stillAddress, type View } from "../api";
import { thumbnail } from "./fit";

/** One still of each view as an object URL, fetched one after another while ``wanted``. */
export function useStills(views: View[], wanted: boolean): Record<number, string> {
  const [stills, setStills] = useState<Record<number, string>>({});
  const key = views.map(({ index }) => index).join();
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    const made: string[] = [];
    const load = async () => {
      for (const view of views) {
        const response = await fetch(stillAddress(view, thumbnail(view.resolutions)), { signal: abort.signal, cache: "no-store" });
        if (!response.ok) continue;
        const address = URL.createObjectURL(await response.blob());
        made.push(address);
        setStills((all) => ({ ...all, [view.index]: address }));
      }
    };
    load().catch(() => undefined); // closed meanwhile, or no connection: the live view says so
    return () => {
      abort.abort();
      setStills({});
      made.forEach((address) => URL.revokeObjectURL(address));
    };
  }, [wanted, key]);
  return stills;
}
