import { Alert, Button, Card, Group, Radio, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { saying } from "../api";
import type { SettingsAccess } from "../settings/useSettings";
import { type AddressMode, network, type NetworkState } from "./calls";

/** The camera's IPv4 address, where it may be set; the reason where it may not. */
export function AddressCard({ state, access, refresh }: { state: NetworkState; access: SettingsAccess; refresh(): unknown }) {
  const [mode, setMode] = useState(String(access.values["addressing.mode"]) as AddressMode);
  const [ipv4, setIpv4] = useState(String(access.values["addressing.ipv4"]));
  const [router, setRouter] = useState(String(access.values["addressing.router"]));
  const [told, setTold] = useState<{ text: string; color: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const may = access.mayWrite("addressing.mode");

  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    setTold(null);
    try {
      setTold({ text: await work(), color: "teal" });
    } catch (error) {
      setTold({ text: saying(error), color: "red" });
    } finally {
      setBusy(false);
    }
  };
  const check = () =>
    run(async () => {
      const { free, mac } = await network.check(ipv4);
      if (!free) throw new Error(`${ipv4} is in use by another device (${mac}). Get another address.`);
      return "Nobody has this address.";
    });
  const save = () =>
    run(async () => {
      await network.setAddress(mode, ipv4, router);
      notifications.show({ message: "The camera has the new address now.", color: "teal" });
      void refresh();
      return mode === "static" ? `The camera answers at ${ipv4.split("/")[0] ?? ""} from now on; open the page there. The old address goes in a moment.` : "Saved.";
    });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h5">
          The camera's address
        </Title>
        {state.obstacle ? (
          <Text size="sm">{state.obstacle}</Text>
        ) : (
          <>
            <Radio.Group label="IPv4" value={mode} onChange={(value) => setMode(value as AddressMode)}>
              <Stack gap="xs" mt={6}>
                <Radio value="machine" label="As the machine has it" description="From DHCP, for instance." disabled={!may} />
                <Radio value="static" label="Static" description="The same address at each start." disabled={!may} />
                <Radio value="link-local" label="Link-local" description="A free one of 169.254.0.0/16, where there is no DHCP." disabled={!may} />
              </Stack>
            </Radio.Group>
            {mode === "static" && (
              <>
                <TextInput
                  label="Address"
                  description="With the length of its network: 192.168.0.90/24 is the mask 255.255.255.0."
                  value={ipv4}
                  disabled={!may}
                  onChange={(event) => setIpv4(event.currentTarget.value)}
                />
                <TextInput
                  label="Default router"
                  description="Leads to other networks; may stay empty."
                  value={router}
                  disabled={!may}
                  onChange={(event) => setRouter(event.currentTarget.value)}
                />
              </>
            )}
            <Group>
              <Button onClick={() => void save()} loading={busy} disabled={!may}>
                Save
              </Button>
              {mode === "static" && (
                <Button variant="default" onClick={() => void check()} loading={busy} disabled={!may}>
                  Is it free?
                </Button>
              )}
            </Group>
          </>
        )}
        {told && <Alert color={told.color}>{told.text}</Alert>}
      </Stack>
    </Card>
  );
}
