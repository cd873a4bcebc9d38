import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerRecordFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { saying, type View } from "../api";
import { useSession } from "../session";
import { recordings } from "./calls";
import { NoPlace } from "./NoPlace";
import { placeOf } from "./place";

const REFRESH_MS = 3000;
const LOOKED_AT = 20;

/** Records the view that is looked at, with the stream settings; the same button stops it. Where nothing can be recorded it says why and leads there. */
export function RecordTool({ view }: { view: View }) {
  const { me } = useSession();
  const client = useQueryClient();
  const may = me?.role === "operator" || me?.role === "administrator";
  const mine = { view: view.index, kind: "manual", disk: null, since: null, until: null, offset: 0, limit: LOOKED_AT };
  const disks = useQuery({ queryKey: ["disks"], queryFn: recordings.disks, refetchInterval: REFRESH_MS, enabled: may });
  const list = useQuery({ queryKey: ["recordings", mine], queryFn: () => recordings.list(mine), refetchInterval: REFRESH_MS, enabled: may });
  const running = list.data?.recordings.find((row) => row.running);
  const place = placeOf(disks.data ?? []);
  const toggle = useMutation({
    mutationFn: async () => {
      if (running) await recordings.stop(running.id);
      else await recordings.start(`camera=${view.camera}`, place.usable[0]?.id ?? "");
    },
    onError: (error) => notifications.show({ color: "orange", message: saying(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["recordings"] }),
  });
  if (!may || !disks.data || !list.data) return null;
  const nowhere = !running && place.reason !== null;
  const label = running ? `Stop recording ${view.name}` : nowhere ? "Nothing can be recorded now" : `Record ${view.name}`;
  const button = (
    <ActionIcon
      variant={running ? "filled" : "default"}
      color="red"
      size={36}
      aria-label={label}
      aria-pressed={running !== undefined}
      loading={toggle.isPending}
      onClick={() => !nowhere && toggle.mutate()}
    >
      {running ? <IconPlayerStopFilled size={20} /> : <IconPlayerRecordFilled size={20} color={nowhere ? "gray" : "var(--mantine-color-red-6)"} />}
    </ActionIcon>
  );
  if (!nowhere)
    return (
      <Tooltip label={label} openDelay={300}>
        {button}
      </Tooltip>
    );
  return (
    <Popover withArrow shadow="md" position="bottom">
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown>
        <NoPlace reason={place.reason ?? ""} />
      </Popover.Dropdown>
    </Popover>
  );
}
