import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, type Codec, type View } from "../api";
import { useSession } from "../session";
import { canDecode, hasWebCodecs } from "./decoder";

/** Codec strings by which the browser is asked what it can decode before any stream is opened. */
const PROBES: Record<string, string> = { h264: "avc1.640033", av1: "av01.0.12M.08", jpeg: "mjpeg" };

/** The camera's views, their tiles' order, and whether this person may move them. */
export function useViews(): { views: View[]; quadOrder: number[]; maySteer: boolean; problem: string | null; loading: boolean } {
  const { me } = useSession();
  const views = useQuery({ queryKey: ["views"], queryFn: api.views, refetchInterval: 15_000 });
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings, enabled: me !== null });
  return {
    views: views.data ?? NO_VIEWS,
    quadOrder: (settings.data?.values["installation.quad_order"] as number[] | undefined) ?? UNCHANGED,
    maySteer: me?.ptz === true,
    problem: views.error?.message ?? null,
    loading: views.isPending,
  };
}

const NO_VIEWS: View[] = [];
const UNCHANGED = [1, 2, 3, 4];

export interface Formats {
  codecs: Codec[];
  /** Those that this browser plays; empty while it is being found out. */
  playable: string[];
  /** Why only MJPEG can be shown, or null. */
  limited: string | null;
}

/** What the camera sends and this browser plays. */
export function useFormats(): Formats {
  const codecs = useQuery({ queryKey: ["codecs"], queryFn: api.codecs, staleTime: Infinity });
  const [playable, setPlayable] = useState<string[]>([]);
  useEffect(() => {
    void Promise.all(Object.entries(PROBES).map(async ([codec, probe]) => ((await canDecode(probe)) ? codec : null))).then((found) =>
      setPlayable(found.filter((codec) => codec !== null)),
    );
  }, []);
  return { codecs: codecs.data ?? [], playable, limited: limitation() };
}

function limitation(): string | null {
  if (hasWebCodecs) return null;
  if (!window.isSecureContext) return "Browsers decode H.264 and AV1 on encrypted pages only, so this page shows MJPEG.";
  return "This browser cannot decode H.264 or AV1 by itself, so this page shows MJPEG. Current Chrome, Edge, Firefox and Safari can.";
}
