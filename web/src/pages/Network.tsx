import { Badge, Card, SimpleGrid, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { AddressCard } from "../network/AddressCard";
import { network, type NetworkInterface } from "../network/calls";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { RestartNote } from "../parts/RestartNote";
import { SectionForm } from "../settings/SectionForm";
import { type SettingsAccess, useSettings } from "../settings/useSettings";
import { Facts } from "../status/Facts";

const REFRESH_MS = 10_000;
const PORTS = ["network.host", "network.http_port", "network.https_port", "network.rtsp_port", "network.rtsps_port"];
const MEDIA = ["network.rtp_port_first", "network.rtp_port_last", "network.multicast_address", "network.multicast_port", "network.multicast_ttl"];

/** Addresses, names and ports, and what of it can be changed from here. */
export function Network() {
  const { access, problem } = useSettings();
  const found = useQuery({ queryKey: ["network"], queryFn: network.read, refetchInterval: REFRESH_MS });
  if (!access || !found.data) return <Loading problem={problem ?? found.error?.message ?? null} />;
  const state = found.data;
  const used = state.interfaces.filter(({ addresses, managed }) => addresses.length > 0 || managed);
  const idle = state.interfaces.filter((each) => !used.includes(each)).map(({ name }) => name);
  return (
    <Stack>
      <PageTitle title="Network">
        The camera is a program on a machine, and the machine's network is its network. It answers at every address below; its name and its ports are its own.
      </PageTitle>
      <RestartNote access={access} section="network" />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        {used.map((each) => (
          <InterfaceCard key={each.name} each={each} />
        ))}
        <Facts
          title="Names and the rest"
          rows={[
            ["Host name", state.host_name],
            ["Name servers", state.name_servers.join(", ") || "none"],
            ["Without address", idle.join(", ") || "no interface"],
            ["Search domains", state.search_domains.join(", ") || "none"],
          ]}
        />
        <AddressCard state={state} access={access} refresh={() => found.refetch()} />
        <Part title="Host name" name="addressing" paths={["addressing.host_name"]} access={access} />
        <Part title="Ports" name="network" paths={PORTS} access={access} />
        <Part title="Media over UDP and multicast" name="network" paths={MEDIA} access={access} />
      </SimpleGrid>
    </Stack>
  );
}

function InterfaceCard({ each }: { each: NetworkInterface }) {
  const addresses = each.addresses.map(({ address, prefix }) => `${address}/${prefix}`);
  return (
    <Facts
      title={`${each.name}${each.wireless ? " (wireless)" : ""}`}
      badge={<Badge color={each.link === false ? "gray" : "teal"}>{each.managed ? "managed by the camera" : each.link === false ? "no link" : "up"}</Badge>}
      rows={[
        [
          "Addresses",
          <div key="addresses">
            {addresses.length === 0 && "none"}
            {addresses.map((text) => (
              <div key={text}>{text}</div>
            ))}
          </div>,
        ],
        ["Router", each.router || "none"],
        ["MAC address", each.mac || "not told by the system"],
      ]}
    />
  );
}

function Part({ title, name, paths, access }: { title: string; name: string; paths: string[]; access: SettingsAccess }) {
  const section = access.sections.find((each) => each.name === name);
  if (!section) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <SectionForm section={{ ...section, description: "", rows: section.rows.filter(({ path }) => paths.includes(path)) }} access={access} />
    </Card>
  );
}
