import { ActionIcon, Alert, Badge, Box, Button, Card, Group, Menu, Pagination, Popover, Select, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconDownload, IconLock, IconLockOpen, IconPlayerPlay, IconPlayerRecord, IconPlayerStop, IconTrash } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { saying } from "../api";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { type Disk, type Recording, recordings, stillOf } from "../recordings/calls";
import { Disks } from "../recordings/Disks";
import { ExportDialog } from "../recordings/ExportDialog";
import { NoPlace } from "../recordings/NoPlace";
import { placeOf } from "../recordings/place";
import { Player } from "../recordings/Player";
import { Still } from "../recordings/Still";
import { Time } from "../recordings/Time";
import { SHORTEST, type Span } from "../recordings/timeline";
import { Timeline } from "../recordings/Timeline";
import { clock, day, KINDS } from "../recordings/words";
import { useSession } from "../session";
import { codecName } from "../settings/labels";
import { duration } from "../status/words";

const REFRESH_MS = 3000;
const A_PAGE = 24;

/** What was recorded: start, find, play, keep, export, remove. */
export function Recordings() {
  const { me } = useSession();
  const { views } = useViews();
  const [view, setView] = useState<string | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  const [disk, setDisk] = useState<string | null>(null);
  const [page, setPage] = useState(1);
  const [playing, setPlaying] = useState<{ row: Recording; at: number | null } | null>(null);
  const [span, setSpan] = useState<Span>(lately);
  const [limited, setLimited] = useState(false);
  const [exporting, setExporting] = useState<Recording | null>(null);
  const chosen = view === null ? null : Number(view);
  const [since, until] = limited ? [new Date(span.from).toISOString(), new Date(span.to).toISOString()] : [null, null];
  const filter = { view: chosen, kind, disk, since, until, offset: (page - 1) * A_PAGE, limit: A_PAGE };
  const disks = useQuery({ queryKey: ["disks"], queryFn: recordings.disks, refetchInterval: REFRESH_MS });
  const list = useQuery({ queryKey: ["recordings", filter], queryFn: () => recordings.list(filter), refetchInterval: REFRESH_MS, placeholderData: keepPreviousData });
  const name = (index: number) => views.find((row) => row.index === index)?.name ?? `View ${index + 1}`;
  if (!disks.data || !list.data) return <Loading problem={(disks.error ?? list.error)?.message ?? null} />;
  const pages = Math.ceil(list.data.total / A_PAGE);
  return (
    <Stack>
      <PageTitle title="Recordings">Streams that are kept as they are. A recording of a stream that somebody watches costs the camera next to nothing.</PageTitle>
      <Disks disks={disks.data} mayManage={me?.role === "administrator"} />
      <Group justify="space-between" align="end">
        <Group gap="xs" align="end">
          <Select
            label="View"
            placeholder="All"
            clearable
            w={180}
            data={views.map((row) => ({ value: String(row.index), label: row.name }))}
            value={view}
            onChange={(value) => {
              setView(value);
              setPage(1);
            }}
          />
          <Select
            label="Started"
            placeholder="Any way"
            clearable
            w={150}
            data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={(value) => {
              setKind(value);
              setPage(1);
            }}
          />
          {(disks.data.length > 1 || disk !== null) && (
            <Select
              label="Storage"
              placeholder="All"
              clearable
              w={150}
              data={disks.data.map(({ id, name: label }) => ({ value: id, label }))}
              value={disk}
              onChange={(value) => {
                setDisk(value);
                setPage(1);
              }}
            />
          )}
          <Time label="From" value={span.from} onChange={(from) => setSpan({ from, to: Math.max(span.to, from + SHORTEST) })} />
          <Time label="To" value={span.to} onChange={(to) => setSpan({ from: Math.min(span.from, to - SHORTEST), to })} />
          <Button variant="default" onClick={() => setSpan(lately())}>
            Last hour
          </Button>
        </Group>
        <Start disks={disks.data} views={views.filter((row) => row.available)} />
      </Group>
      <Timeline span={span} onSpan={setSpan} view={chosen} kind={kind} disk={disk} name={name} onPlay={(row, at) => setPlaying({ row, at })} />
      <Switch
        label="List only what lies in this time"
        checked={limited}
        onChange={(event) => {
          setLimited(event.currentTarget.checked);
          setPage(1);
        }}
      />
      {list.error && <Alert color="orange">{list.error.message} What is shown is older.</Alert>}
      {list.data.total === 0 ? (
        <Text c="dimmed">{view === null && kind === null && disk === null && !limited ? "Nothing has been recorded yet." : "Nothing fits this choice."}</Text>
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }}>
          {list.data.recordings.map((row) => (
            <Tile key={row.id} row={row} view={name(row.view)} onPlay={() => setPlaying({ row, at: null })} onExport={() => setExporting(row)} />
          ))}
        </SimpleGrid>
      )}
      {pages > 1 && <Pagination total={pages} value={page} onChange={setPage} />}
      {playing && <Player id={playing.row.id} at={playing.at} title={`${name(playing.row.view)}, ${day(Date.parse(playing.row.start))}`} onClose={() => setPlaying(null)} />}
      {exporting && <ExportDialog recording={exporting} onClose={() => setExporting(null)} />}
    </Stack>
  );
}

function lately(): Span {
  const now = Date.now();
  return { from: now - 60 * 60_000, to: now + 60_000 };
}

function Start({ disks, views }: { disks: Disk[]; views: { index: number; name: string; camera: number }[] }) {
  const client = useQueryClient();
  const [view, setView] = useState<string | null>(null);
  const [disk, setDisk] = useState<string | null>(null);
  const chosen = views.find((row) => String(row.index) === view) ?? views[0];
  const { usable, reason } = placeOf(disks);
  const target = usable.find(({ id }) => id === disk) ?? usable[0];
  const start = useMutation({
    mutationFn: () => recordings.start(`camera=${chosen?.camera ?? 1}`, target?.id ?? ""),
    onError: (error) => notifications.show({ color: "orange", message: saying(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["recordings"] }),
  });
  const button = (
    <Button
      color="red"
      variant={reason ? "light" : "filled"}
      leftSection={<IconPlayerRecord size={18} />}
      disabled={!chosen}
      loading={start.isPending}
      onClick={() => !reason && start.mutate()}
    >
      Record
    </Button>
  );
  return (
    <Group gap="xs" align="end">
      <Select
        label="Record"
        w={180}
        allowDeselect={false}
        data={views.map((row) => ({ value: String(row.index), label: row.name }))}
        value={chosen ? String(chosen.index) : null}
        onChange={setView}
      />
      {usable.length > 1 && (
        <Select label="On" w={150} allowDeselect={false} data={usable.map(({ id, name }) => ({ value: id, label: name }))} value={target?.id ?? null} onChange={setDisk} />
      )}
      {reason ? (
        <Popover withArrow shadow="md" position="bottom">
          <Popover.Target>{button}</Popover.Target>
          <Popover.Dropdown>
            <NoPlace reason={reason} />
          </Popover.Dropdown>
        </Popover>
      ) : (
        button
      )}
    </Group>
  );
}

function Tile({ row, view, onPlay, onExport }: { row: Recording; view: string; onPlay(): void; onExport(): void }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onError: (error) => notifications.show({ color: "orange", message: saying(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["recordings"] }),
  });
  const start = Date.parse(row.start);
  const seconds = (Date.parse(row.stop) - start) / 1000;
  const remove = () => {
    if (window.confirm(`Remove the recording of ${view}, ${day(start)} ${clock(start)}? It cannot be brought back.`)) act.mutate(() => recordings.remove(row.id));
  };
  return (
    <Card withBorder padding="xs" data-recording={row.id}>
      <Card.Section>
        <Box onClick={onPlay} style={{ cursor: "pointer" }}>
          <Still src={stillOf(row.id, null, 320)} alt={`First picture of ${view}`} style={{ height: 150, objectFit: "cover" }} />
        </Box>
      </Card.Section>
      <Group justify="space-between" wrap="nowrap" mt="xs">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} truncate>
            {view}
          </Text>
          <Text size="sm" c="dimmed">
            {day(start)} {clock(start)}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          {row.running ? (
            <ActionIcon variant="light" color="red" size="lg" aria-label="Stop recording" onClick={() => act.mutate(() => recordings.stop(row.id))}>
              <IconPlayerStop size={18} />
            </ActionIcon>
          ) : (
            <ActionIcon variant="default" size="lg" aria-label="Play" onClick={onPlay}>
              <IconPlayerPlay size={18} />
            </ActionIcon>
          )}
          <Menu position="bottom-end" withArrow>
            <Menu.Target>
              <ActionIcon variant="default" size="lg" aria-label="More">
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {row.running && (
                <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={onPlay}>
                  Play what is there
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconDownload size={16} />} onClick={onExport}>
                Export
              </Menu.Item>
              <Menu.Item leftSection={row.locked ? <IconLockOpen size={16} /> : <IconLock size={16} />} onClick={() => act.mutate(() => recordings.lock(row.id, !row.locked))}>
                {row.locked ? "Unlock" : "Lock: never remove"}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} disabled={row.locked} onClick={remove}>
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      <Group gap={4} mt={4}>
        {row.running && <Badge color="red">recording</Badge>}
        {row.locked && <Badge color="yellow">locked</Badge>}
        <Badge variant="light">{duration(Math.max(0, seconds))}</Badge>
        <Badge variant="light" color="gray">
          {codecName(row.codec)} {row.width}×{row.height}
        </Badge>
        <Badge variant="light" color="gray">
          {(row.kind === "action" && row.trigger) || (KINDS[row.kind] ?? row.kind)}
        </Badge>
      </Group>
    </Card>
  );
}
