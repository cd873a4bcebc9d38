import { Alert, Badge, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, type ChannelStatus, type ClientStatus, type SourceStatus } from "../api";
import { clock } from "../clock/calls";
import { followed } from "../clock/words";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { useSession } from "../session";
import { codecName } from "../settings/labels";
import { Facts } from "../status/Facts";
import { Listing } from "../status/Listing";
import { bytes, duration, size } from "../status/words";

const REFRESH_MS = 2000;
const STATE_COLOURS: Record<string, string> = { live: "teal", opening: "yellow" };

/** What the camera is doing now: its source, what it encodes, who watches. */
export function Status() {
  const { state } = useSession();
  const { views } = useViews();
  const status = useQuery({ queryKey: ["status"], queryFn: api.status, refetchInterval: REFRESH_MS });
  const lens = useQuery({ queryKey: ["lens"], queryFn: api.lens, retry: false, refetchInterval: 30_000 });
  const name = (view: number | null) => (view === null ? "–" : (views.find(({ index }) => index === view)?.name ?? `View ${view + 1}`));
  const time = useQuery({ queryKey: ["time"], queryFn: clock.read, refetchInterval: 10_000 });
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings });
  if (!status.data) return <Loading problem={status.error?.message ?? null} />;
  const { source, channels, clients, uptime, started } = status.data;
  const circle = lens.data && `centre ${lens.data.circle.cx.toFixed(0)}, ${lens.data.circle.cy.toFixed(0)}; radius ${lens.data.circle.radius.toFixed(0)} px`;
  return (
    <Stack>
      <PageTitle title="Status" />
      {status.error && <Alert color="orange">{status.error.message} What is shown is older.</Alert>}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <SourceCard source={source} circle={circle ?? "not known yet"} lens={lens.data ? `${lens.data.model}, ${lens.data.fov}°` : "–"} />
        <Facts
          title="Device"
          badge={<Badge color={state.ready ? "teal" : "yellow"}>{state.ready ? "ready" : "starting"}</Badge>}
          rows={[
            ["Name", state.name],
            ["Model", `panocam ${state.model.toUpperCase()}`],
            ["Part number", state.model.toUpperCase()],
            ["Serial number", state.serial],
            ["Version", `panocam ${state.version}`],
            ["Running for", duration(uptime)],
            ["Started", started],
            ["Clock", time.data ? followed(time.data) : "–"],
            ["Location", String(settings.data?.values["location.text"] || "not said")],
          ]}
        />
      </SimpleGrid>
      <Channels channels={channels} name={name} />
      <Clients clients={clients} name={name} />
    </Stack>
  );
}

function SourceCard({ source, circle, lens }: { source: SourceStatus; circle: string; lens: string }) {
  return (
    <Facts
      title="Source"
      badge={<Badge color={STATE_COLOURS[source.state] ?? "red"}>{source.state}</Badge>}
      rows={[
        ["Address", source.uri],
        ["Picture", source.size ? `${size(source.size)} at ${source.fps.toFixed(1)} fps` : "none yet"],
        ["Lens", lens],
        ["Image circle", circle],
        ["Frames", `${source.frames} received, ${source.corrupt} broken`],
        ["Restarts", String(source.restarts)],
      ]}
    >
      {source.reason && (
        <Alert color="orange" mt="sm">
          {source.reason}
        </Alert>
      )}
    </Facts>
  );
}

function Channels({ channels, name }: { channels: ChannelStatus[]; name(view: number | null): string }) {
  const running = channels.filter((channel) => channel.running).length;
  const sorted = [...channels].sort((a, b) => Number(b.running) - Number(a.running) || a.view - b.view);
  return (
    <Listing
      title="Encodes"
      count={`${running} running`}
      heads={["View", "Codec", "Size", "State", "Watched by", "fps", "Pictures", "Left out", "Latency"]}
      numbers={[4, 5, 6, 7, 8]}
      empty="Nobody watches, so nothing is encoded."
      rows={sorted.map((channel, number) => ({
        key: `${channel.view}-${channel.codec}-${channel.resolution}-${number}`,
        cells: [
          name(channel.view),
          codecName(channel.codec),
          size(channel.resolution),
          <Badge size="sm" variant="light" color={channel.running ? "teal" : "gray"}>
            {channel.running ? "running" : "stopped"}
          </Badge>,
          channel.subscribers,
          channel.running ? channel.fps.toFixed(1) : "–",
          channel.frames,
          channel.missed,
          channel.latency_ms === null ? "–" : `${channel.latency_ms.toFixed(0)} ms`,
        ],
      }))}
    />
  );
}

function Clients({ clients, name }: { clients: ClientStatus[]; name(view: number | null): string }) {
  return (
    <Listing
      title="Connected clients"
      count={String(clients.length)}
      heads={["Address", "Account", "Through", "View", "Stream", "For", "Sent", "Dropped"]}
      numbers={[5, 6, 7]}
      empty="Nobody watches."
      rows={clients.map((client, number) => ({
        key: `${client.address}-${client.transport}-${number}`,
        cells: [
          client.address,
          client.account || "–",
          client.transport,
          name(client.view),
          client.codec && client.resolution ? `${codecName(client.codec)} ${size(client.resolution)}` : "–",
          duration(client.seconds),
          bytes(client.bytes),
          client.dropped,
        ],
      }))}
    />
  );
}
